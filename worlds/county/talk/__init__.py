"""What people write in the chat, and in what manner."""

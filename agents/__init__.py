"""Who moves what flows: Faust, Kafka, HTTP and the wall clock live here and nowhere else."""

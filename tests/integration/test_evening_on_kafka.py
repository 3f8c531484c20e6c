"""A whole evening through ingest and detect, with deaths in the middle; then scan says the same in every way there is."""

import asyncio
import gzip
import json
import signal
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from cluster import Cluster
from evenings import evening, ids, scanned, told

import worlds
from streams.alerts import Alert, without_clock
from streams.log import Record
from tests_prefix import delete_topics

// as: tests/behaviour/hasty_test.py
import asyncio
import time
from time import sleep  // bad

time.sleep(0.2)  // bad
await asyncio.sleep(PAUSE)  // bad
std::this_thread::sleep_for(std::chrono::milliseconds(20));  // bad
usleep(100);  // bad
store.execute("SELECT pg_sleep(60)")
eventually(lambda: ferry.metric("ferry_open_requests") == 1)

# run: --clock virtual
# A program that sleeps for longer than its clock can count is over.

import asyncio
import time

time.sleep(2**20)


async def main():
    await asyncio.sleep_ms(2**28)
    print('awake')
    await asyncio.sleep(1)


asyncio.run(main())
print('slept')
time.sleep(2**45)
time.sleep(2**60)
time.sleep_ms(2**60)
print('never')

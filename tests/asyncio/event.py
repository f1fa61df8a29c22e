# run: --clock virtual
# Event: everybody who waits is woken, in order; set and clear; nothing is lost between tasks.
import asyncio


async def waiter(name, event):
    print(name, "waits")
    print(name, "woken", await event.wait())


async def main():
    event = asyncio.Event()
    print(event.is_set())
    tasks = [asyncio.create_task(waiter(n, event)) for n in range(3)]
    await asyncio.sleep_ms(0)
    event.set()
    print("set", event.is_set())
    for task in tasks:
        await task
    await event.wait()
    print("does not wait while it is set")
    event.clear()
    print("cleared", event.is_set())
    event.set()
    event.set()
    event.clear()

    # Set and cleared at once still wakes those who waited.
    task = asyncio.create_task(waiter("late", event))
    await asyncio.sleep_ms(0)
    event.set()
    event.clear()
    await task
    print(event.is_set())

    # Two tasks hand a ball to each other.
    ping, pong = asyncio.Event(), asyncio.Event()

    async def play(name, mine, theirs):
        for turn in range(3):
            await mine.wait()
            mine.clear()
            print(name, turn)
            theirs.set()

    players = [asyncio.create_task(play("ping", ping, pong)), asyncio.create_task(play("pong", pong, ping))]
    ping.set()
    for player in players:
        await player

    # Producer and consumer.
    queue, filled = [], asyncio.Event()

    async def produce():
        for n in range(4):
            queue.append(n)
            filled.set()
            await asyncio.sleep_ms(5)
        queue.append(None)
        filled.set()

    async def consume():
        while True:
            await filled.wait()
            filled.clear()
            while queue:
                item = queue.pop(0)
                if item is None:
                    return
                print("consumed", item)

    asyncio.create_task(produce())
    await consume()


asyncio.run(main())

# Queues, groups, timeouts, functions called by the loop, and failures that are reported.

import asyncio


async def produce(queue, count):
    for number in range(count):
        await queue.put(number)
    queue.shutdown()


async def consume(queue, got):
    try:
        while True:
            got.append(await queue.get())
            queue.task_done()
    except asyncio.QueueShutDown:
        return sorted(got)


async def queues():
    for kind in (asyncio.Queue, asyncio.LifoQueue, asyncio.PriorityQueue):
        queue = kind(2)
        got = []
        producer = asyncio.create_task(produce(queue, 5))
        print(await asyncio.gather(consume(queue, got), consume(queue, got)))
        await producer
        await queue.join()


async def pause(number):
    await asyncio.sleep_ms(number)


async def fails(number):
    await asyncio.sleep_ms(number)
    raise ValueError(number)


async def groups():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails(1))
            group.create_task(fails(1))
            group.create_task(pause(10000))
    except ExceptionGroup as failures:
        print(failures.message, [failure.args for failure in failures.exceptions])
    try:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()
    except asyncio.TimeoutError:
        print('too slow')
    try:
        await asyncio.wait_for(asyncio.shield(asyncio.create_task(pause(50))), 0.01)
    except asyncio.TimeoutError:
        print('shielded')


async def primitives():
    semaphore = asyncio.BoundedSemaphore(2)
    condition = asyncio.Condition()
    barrier = asyncio.Barrier(3)
    order = []

    async def worker(name):
        async with semaphore:
            await asyncio.sleep_ms(1)
        async with condition:
            await condition.wait_for(lambda: len(order) >= 0)
            order.append(name)
            condition.notify_all()
        return await barrier.wait()

    tasks = [asyncio.create_task(worker(name)) for name in 'abc']
    done, pending = await asyncio.wait(tasks)
    print(sorted(task.result() for task in done), pending, order)
    for next_one in asyncio.as_completed([pause(3), pause(2)]):
        print(await next_one)


async def functions():
    loop = asyncio.get_event_loop()
    future = loop.create_future()
    loop.call_soon(print, 'soon')
    loop.call_later(0.002, future.set_result, 'later')
    task = asyncio.create_task(pause(1))
    task.add_done_callback(lambda task: print('done', task.done()))
    task.set_name('sleeper')
    print(await future, task.get_name(), len(asyncio.all_tasks()))


async def failures():
    loop = asyncio.get_event_loop()
    loop.set_exception_handler(lambda loop, context: print('handled', context['message']))
    tasks = [asyncio.create_task(fails(1)), asyncio.create_task(fails(1))]
    await asyncio.sleep_ms(5)
    loop.call_soon(fails)
    await asyncio.sleep_ms(5)
    print([await asyncio.gather(*tasks, return_exceptions=True)])
    loop.set_exception_handler(None)


async def stubborn(event):
    while True:
        try:
            await event.wait()
            return 'over'
        except asyncio.CancelledError:
            print('not yet')


async def stops(number):
    try:
        await pause(1000)
    finally:
        print('stopped', number)


async def cancels():
    event = asyncio.Event()
    task = asyncio.create_task(stubborn(event))
    await asyncio.sleep(0)
    for _ in range(3):
        task.cancel('please')
        await asyncio.sleep(0)
    event.set()
    print(await task)
    # One fails, and the turn after it is that of one that was cancelled.
    task, cancelled = asyncio.create_task(fails(0)), asyncio.create_task(pause(1000))
    await asyncio.sleep_ms(0)
    cancelled.cancel()
    gathered = asyncio.gather(task, cancelled, return_exceptions=True)
    print([type(error).__name__ for error in await gathered])
    # Gathered tasks are cancelled all together.
    tasks = [asyncio.create_task(stops(number)) for number in range(3)]
    gathering = asyncio.create_task(asyncio.gather(*tasks))
    await asyncio.sleep_ms(0)
    await asyncio.sleep_ms(0)
    gathering.cancel()
    await asyncio.sleep_ms(2)
    print([task.done() for task in tasks])


async def main():
    await queues()
    await groups()
    await primitives()
    await functions()
    await failures()
    await cancels()


asyncio.run(main())

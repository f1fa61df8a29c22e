# TaskQueue as programs use it themselves: by key, first in first out among equals.
import asyncio
from asyncio import Task, TaskQueue

queue = TaskQueue()
print(queue.peek())
try:
    queue.pop()
except IndexError as error:
    print("IndexError:", error)


async def nothing():
    pass


names = {}


def make(name):
    task = Task(nothing())
    names[id(task)] = name
    return task


def name(task):
    return names[id(task)]


a, b, c, d, e = [make(n) for n in "abcde"]
queue.push(c, 30)
queue.push(a, 10)
queue.push(d, 30)
queue.push(b, 20)
print(name(queue.peek()), a.ph_key, a.data)
queue.remove(b)
queue.push(e, 30)
queue.push(b, 5)
print([name(queue.pop()) for _ in range(5)], queue.peek())
queue.push(a, 1)
queue.remove(a)
queue.remove(a) if queue.peek() else print("empty")
print(a.done(), a.coro.__class__ is d.coro.__class__, type(a) is asyncio.Task)


class Counted(asyncio.TaskQueue):
    def push(self, task, key=None):
        self.count = getattr(self, "count", 0) + 1
        super().push(task, 0 if key is None else key)


queue = Counted()
queue.push(a)
queue.push(b)
print(queue.count, queue.peek() is a, queue.pop() is a, queue.pop() is b)

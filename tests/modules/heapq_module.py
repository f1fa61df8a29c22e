# heapq: numbers, and items that Python compares.
import heapq


class Item:
    def __init__(self, key):
        self.key = key

    def __lt__(self, other):
        return self.key < other.key


def order(items):
    heap = []
    for item in items:
        heapq.heappush(heap, item)
    out = []
    while heap:
        out.append(heapq.heappop(heap))
    heap = list(items)
    heapq.heapify(heap)
    again = []
    while heap:
        again.append(heapq.heappop(heap))
    return out, again


numbers = [(i * 7919) % 1000 for i in range(300)]
print(order(numbers) == (sorted(numbers), sorted(numbers)))
print(order(["b", "a", "c"]), order([(2, "x"), (1, "y"), (1, "x")]))
out, again = order([Item(n) for n in numbers])
print([i.key for i in out] == sorted(numbers), [i.key for i in again] == sorted(numbers))

heap = []
heapq.heapify(heap)
print(heap)
try:
    heapq.heappop(heap)
except IndexError:
    print("IndexError")
for function in (heapq.heappop, heapq.heapify, lambda h: heapq.heappush(h, 1)):
    try:
        function((1, 2))
    except TypeError:
        print("TypeError")
try:
    heapq.heapify([1, "a", None])
except TypeError:
    print("TypeError")


class Meddler(Item):
    def __lt__(self, other):
        if len(heap) > 2:
            heap.pop()
        return True


# A comparison that takes items away breaks the heap, and nothing else.
heap = [Meddler(i) for i in range(10)]
heapq.heapify(heap)
heapq.heappush(heap, Meddler(1))
heapq.heappop(heap)
print(len(heap) < 10)

class A:
    x = 1
    def __init__(self, *a, **k):
        self.a, self.k = a, k
    def __getattr__(self, name):
        return name
    def __eq__(self, other):
        return self.a == other.a
    def __hash__(self):
        return hash(self.a)
    @property
    def p(self):
        return self.a
    @p.setter
    def p(self, value):
        self.a = value
class B(A, list):
    def append(self, item):
        super().append(item)
        return self
for each in (A(1), B(2, b=3), B()):
    try:
        each.p = 5
        each.q = each.p
        print(each.append(1), each == A(5), {each: each}, dir(each), each.zzz)
        del each.q
        del each.p
    except (AttributeError, TypeError) as error:
        print(repr(error))

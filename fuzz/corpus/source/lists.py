f(a, *b, c=d, **e)(x for x in y)[1:2, ::3, ...][:]
[*a, b for b in c]
{**a, 'b': c, d: e}
{a, *b}
{a: b for a, b in c if d if e}
()
(a,)
[[[[[]]]]]

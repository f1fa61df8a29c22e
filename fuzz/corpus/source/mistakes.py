def f(a, a): return
1 = x
del f()
break
return
for in x:
 a
  b
(]
'unfinished

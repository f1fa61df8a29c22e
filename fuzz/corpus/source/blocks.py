if a:
  pass
elif b: pass; pass
else:
	pass
while a:
    for b, *c in d: break
    else: continue
try: a
except (B, C) as d: raise E from f
except: raise
else: b
finally: del a, b.c, (d[0], [e])
with a as b, c as (d, e): pass

# The lines and functions that a traceback names, for statements and expressions over several lines.
import sys


def show(text):
    print("--", text.split("\n")[0])
    try:
        exec(text, {})
    except BaseException as error:
        sys.print_exception(error, sys.stdout)


show("def g(*a): 1/0\ng(1,\n  2,\n  3)")
show("def g(*a): return 1/0\nx = [1,\n  g(),\n  3]")
show("x = {\n  'a': 1,\n  'b': undefined,\n}")
show("class A:\n  def f(self): return self\n  def h(self): 1/0\nA() \\\n  .f() \\\n  .h()")
show("def d(f): 1/0\n@d\ndef f():\n  pass")
show("def f(a=1/0):\n  pass")
show("class I:\n  def __iter__(s): return s\n  def __next__(s): 1/0\nfor i in I():\n  pass")
show("class M:\n  def __enter__(s): pass\n  def __exit__(s,*a): 1/0\nwith M():\n  pass")
show("def f():\n  return [\n    i for i in\n    undefined\n  ]\nf()")
show("def f():\n  return [\n    undefined for i in\n    [1]\n  ]\nf()")
show("assert 1 == 2, (\n  undefined)")
show("x = []\nx[\n  5\n] = 1")
show("def f():\n  yield 1\ng=f()\nnext(g)\ng.throw(ValueError)")
show("def f():\n  try:\n    yield\n  finally:\n    1/0\ng=f()\nnext(g)\ng.close()")
show("def f(x):\n  if x:\n    return 1\n  # comment\n\n  undefined\nf(0)")
show("try:\n  undefined\nexcept NameError:\n  also_undefined")
show("def f():\n  while 1:\n    try:\n      break\n    finally:\n      undefined\nf()")
show("def f():\n  try:\n    1/0\n  except ZeroDivisionError as e:\n    raise e\nf()")
show("sum([1,'a'])")
show("exec(compile('1/0', 'name.py', 'exec'))")
show("class A:\n  def __getattr__(self, n): return 1/0\nA().x")
show("class A:\n  def __contains__(self, x): return 1/0\n1 in A()")
show("class E(Exception):\n  def __str__(self): return 'not asked'\nraise E(1, 2)")
show("class E(Exception):\n  def __repr__(self): return 'in its own words'\nraise E(1, 2)")
show("def f():\n  x = 1\n y = 2")
show("x = (1,\ny = 2")
show("def f():\n  continue")

"""Functions that make lists of rows, by what is special about them: bodies of `f(x, n)`."""

from __future__ import annotations

BODIES = {
    "arrays of several lengths one behind the other": """
out = []
for i in range(n):
    out.append(x[0][i:])
return np.concatenate(out), np.hstack([x[1][i:] * 2 for i in range(n)])
""",
    "rows of an argument": """
out = []
for row in x:
    if row[0] < n:
        out.append(row)
return out
""",
    "rows of an argument by their numbers": """
out = []
for i in range(len(x) - 1, -1, -1):
    row = x[i]
    i = 0
    out.append(row)
    out.append(x[-1])
x[0, 0] = 7.0
return out, len(out)
""",
    "rows of an argument that are read": """
out = [row for row in x if row[1] > 1]
t = 0.0
for row in out:
    t += row.sum() * out[0][1]
out[0][1] = t
return np.array(out), out[-1][2]
""",
    "rows of an argument by another name": """
out = []
y = x
x = x * 2
for row in y:
    out.append(row)
return len(out), out[1][0], x
""",
    "a row that another array had": """
out = []
for row in x:
    row = row * 2
    out.append(row)
return out
""",
    "views that are copied at once": """
return np.array([row for row in x if row[0] < n])
""",
    "views that a function chooses": """
above = lambda row: row[1] >= n
return np.array([row for row in x if above(row)]), np.array([row for row in x if not above(row)])
""",
    "displays that are appended": """
out = []
for i in range(n):
    out.append([i, i * i])
return out
""",
    "none at all": """
out = []
for i in range(n - n):
    out.append([i])
return out, len(out)
""",
    "lists that are built before": """
out = []
for i in range(n):
    row = []
    for j in range(i):
        row.append(j * 0.5)
    out.append(row)
return out
""",
    "rows made of the rows before": """
out = [[1]]
for i in range(1, n):
    row = [1] * (i + 1)
    for j in range(1, i):
        row[j] = out[i - 1][j - 1] + out[-1][j]
    out.append(row)
return out
""",
    "comprehensions of any lengths": """
return [[i * j for j in range(i)] for i in range(n)]
""",
    "empty ones": """
return [[] for _ in range(n)], n
""",
    "under a condition": """
return [[i, -i] for i in range(n) if i % 2]
""",
    "arrays": """
out = []
for i in range(n):
    out.append(x[i] * i)
return out
""",
    "arrays of any lengths": """
return [np.arange(i) * 2 for i in range(n)]
""",
    "arrays as a matrix": """
out = []
for row in x:
    out.append(row - row.mean())
return np.array(out)
""",
    "lists as a matrix": """
return np.array([[i * 1.0, i + 0.5] for i in range(n) if i != 1])
""",
    "lists of floats as a matrix": """
out = []
for row in x:
    ps = [v * 2 for v in row]
    out.append(ps)
return np.asarray(out)
""",
    "read by loops": """
out = [[i] * i for i in range(n)]
t = 0
for row in out:
    for v in row:
        t += v * len(row)
return t, len(out), out[-1][0]
""",
    "arrays that are read": """
out = [row * 2 for row in x]
t = 0.0
for i in range(len(out)):
    t += out[i][1] + out[i].sum()
return t
""",
    "a row that has a name": """
out = [[i, 1] for i in range(n) if i]
last = out[0]
for i in range(n):
    out.append([i, last[0]])
return out
""",
    "whether there are any": """
out = []
if n > 2:
    out.append([n])
return 1 if out else 0
""",
    "handed to a function": """
def total(rows):
    return sum(rows[i][0] for i in range(len(rows)))
out = [[i] for i in range(n) if i]
return total(out), out
""",
    "of a function": """
def make(k):
    rows = []
    for i in range(k):
        rows.append([i] * i)
    return rows
return make(n), make(2)[1][0]
""",
    "rows that grow": """
out = [[] for _ in range(n)]
for i in range(60):
    out[i * i % n].append(i)
    out[-1].append(-i)
return out, [len(row) for row in out], out[1][2], out[-1][-1]
""",
    "rows with elements that grow": """
out = [[float(i)] * i for i in range(12)]
for k in range(3):
    for i in range(12):
        out[i].append(float(x[i % n, k]))
total = 0.0
for row in out:
    for v in row:
        total = total * 0.5 + v
return total, out
""",
    "rows that grow while others come": """
out = []
for i in range(25):
    out.append([i] * (i % 7))
    out[i // 2].append(-i)
    out[i].append(out[i // 2][-1])
return out
""",
    "rows of pairs that grow and are read at once": """
near = [[] for _ in x]
for i in range(len(x)):
    for j in range(n):
        near[j].append((i, x[i, 0] - j))
        if len(near[j]) > 2:
            near[i].append((j, 0.0))
total = 0.0
todo = [0, 3, 1]
while todo:
    for i, v in near[todo.pop()]:
        total = total * 0.5 + i * v
        if i == 2 and len(todo) == 1:
            todo[0] = 2
return total, len(near[0])
""",
    "a table whose rows grow": """
out = [[0] * 2 for _ in range(n)]
for i in range(9):
    out[i % n].append(i)
return out
""",
}
LEFT_TO_THE_ORIGINAL = {
    "a row that grows out of range": """
out = [[] for i in range(n)]
out[1].append(1)
out[n].append(2)
return out
""",
    "rows of several lengths as a matrix": """
return np.array([[i] * i for i in range(n)])
""",
    "no rows as a matrix": """
return np.array([[i] for i in range(n - n)])
""",
    "a position out of range": """
out = [[i] for i in range(n) if i]
return out[3][0]
""",
    "a position before the first": """
out = [[i] for i in range(n) if i]
return out[-4][0]
""",
}
DECLINED = {
    "rows that are lists of arrays": (
        "LW103",
        """
out = []
for row in x:
    inner = []
    inner.append(row + 1.0)
    out.append(inner)
return np.array(out)
""",
    ),
    "a row that grows behind its name": (
        "LW108",
        """
out = [[] for i in range(n)]
row = out[0]
out[0].append(1)
return len(row)
""",
    ),
    "rows that grow while a loop names them": (
        "LW108",
        """
out = [[1] for i in range(n)]
total = 0
for row in out:
    out[1].append(total)
    total += len(row)
return total
""",
    ),
    "a row that grows while a loop runs over it": (
        "LW101",
        """
out = [[1] for i in range(n)]
total = 0
for v in out[1]:
    if total < n:
        out[1].append(v)
    total += v
return total
""",
    ),
    "a row that grows and is one of another list": (
        "LW110",
        """
out = [[1] for i in range(n)]
more = []
more.append(out[0])
out[0].append(2)
return more
""",
    ),
    "a row that a function lets grow": (
        "LW108",
        """
out = [[1] for i in range(n)]
def grow(k):
    out[k].append(k)
for i in range(n):
    grow(i)
return out
""",
    ),
    "a row that a function gives, and grows": (
        "LW108",
        """
out = [[1] * i for i in range(n)]
def longest(rows):
    best = rows[0]
    for row in rows:
        if len(row) > len(best):
            best = row
    return best
best = longest(out)
out[-1].append(5)
return best
""",
    ),
    "a matrix of rows that grow": (
        "LW102",
        """
out = [[] for i in range(n)]
for i in range(3 * n):
    out[i % n].append(i)
return np.array(out)
""",
    ),
    "a row that gets arrays": (
        "LW102",
        """
out = [[] for i in range(n)]
for i in range(n):
    out[0].append(x[i] + 1)
return len(out[0])
""",
    ),
    "views that are copied after a change": (
        "LW110",
        """
def above(row):
    x[0, 0] += 1
    return row[0] > 0
return np.array([row for row in x if above(row)])
""",
    ),
    "a row that is changed later": (
        "LW110",
        """
row = [0]
out = []
for i in range(n):
    row[0] = i
    out.append(row)
return out
""",
    ),
    "a row with a second name": (
        "LW110",
        """
row = [0]
keep = row
out = []
out.append(row)
keep[0] = 1
return out
""",
    ),
    "a view of a view": (
        "LW110",
        """
part = x[1:]
out = []
for row in part:
    out.append(row)
return out
""",
    ),
    "a row of one array and one of another": (
        "LW110",
        """
y = x * 2
out = [x[0]]
out.append(y[0])
return out
""",
    ),
    "a row of the iteration before": (
        "LW110",
        """
out = []
before = x[0]
for row in x:
    out.append(before)
    before = row
return out
""",
    ),
    "a row of itself": (
        "LW110",
        """
out = [[1]]
out.append(out[0])
return out
""",
    ),
    "a row that is changed in place": (
        "LW110",
        """
out = [[i] for i in range(n) if i]
out[0][0] = 5
return out
""",
    ),
    "a named row that is changed": (
        "LW110",
        """
out = [[i] for i in range(n) if i]
r = out[0]
r[0] = 5
return out
""",
    ),
    "an array that is changed": (
        "LW110",
        """
out = [r * 2 for r in x]
for r in out:
    r[0] = 5
return out
""",
    ),
    "an array that a function changes": (
        "LW110",
        """
def change(r):
    r[0] = 5
out = [r * 2 for r in x]
change(out[0])
return out
""",
    ),
    "a row by itself": (
        "LW110",
        """
out = [[i] for i in range(n) if i]
return out, out[0]
""",
    ),
    "a row of a function's list": (
        "LW110",
        """
def pick(rows):
    return rows[0]
out = [[i] for i in range(n) if i]
return out, pick(out)
""",
    ),
    "rows and numbers": (
        "LW302",
        """
out = []
out.append([1])
out.append(1)
return out
""",
    ),
    "a list that grows while a loop runs over it": (
        "LW101",
        """
out = [[1]]
for r in out:
    if len(out) < n:
        out.append([2])
return out
""",
    ),
}


def function_of(body: str) -> str:
    """The function `f` of a module."""
    rows = "".join(f"    {row}\n" for row in body.strip().splitlines())
    return f"import numpy as np\n\ndef f(x, n):\n{rows}"

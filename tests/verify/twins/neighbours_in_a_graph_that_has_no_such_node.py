"""Neighbours in a graph that has no such node."""

from __future__ import annotations


def f(graph: dict[str, list[str]], start: str) -> list[str]:
    seen = []
    todo = [start]
    while todo:
        at = todo.pop()
        if at in seen:
            continue
        seen.append(at)
        todo.extend(graph.get(at, []))
    return seen


def g(graph, start):
    seen = []
    todo = [start]
    while todo:
        at = todo.pop()
        if at in seen:
            continue
        seen.append(at)
        todo.extend(v for v in graph.get(at, []) if v in graph)
    return seen


def h(graph, start):
    seen = {}
    todo = [start]
    while todo:
        at = todo.pop()
        if at not in seen:
            seen[at] = None
            if at in graph:
                todo += graph[at]
    return list(seen)

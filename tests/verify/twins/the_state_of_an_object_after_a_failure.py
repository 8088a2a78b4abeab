"""The state of an object after a failure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Account:
    balance: int
    moves: list[int]


def f(account: Account, amount: int) -> int:
    account.moves.append(amount)
    if account.balance + amount < 0:
        raise ValueError("balance")
    account.balance += amount
    return account.balance


def g(account, amount):
    if account.balance + amount < 0:
        raise ValueError("balance")
    account.moves.append(amount)
    account.balance += amount
    return account.balance


def h(account, amount):
    account.moves += [amount]
    after = account.balance + amount
    if after < 0:
        raise ValueError("balance")
    account.balance = after
    return after

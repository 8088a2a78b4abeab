"""State-vector simulation of a quantum circuit: one-qubit gates and controlled NOT."""

import math

import numpy as np

H = np.array([[1, 1], [1, -1]], dtype=complex) / math.sqrt(2)


def rz(theta):
    return np.array([[np.exp(-0.5j * theta), 0], [0, np.exp(0.5j * theta)]])


def rx(theta):
    c, s = math.cos(theta / 2), math.sin(theta / 2)
    return np.array([[c, -1j * s], [-1j * s, c]])


class Circuit:
    def __init__(self, n_qubits):
        self.n_qubits = n_qubits
        self.state = np.zeros(2**n_qubits, dtype=np.complex128)
        self.state[0] = 1.0

    def apply(self, gate, qubit):
        step = 2**qubit
        for base in range(0, len(self.state), 2 * step):
            for offset in range(step):
                lo = base + offset
                hi = lo + step
                a, b = self.state[lo], self.state[hi]
                self.state[lo] = gate[0, 0] * a + gate[0, 1] * b
                self.state[hi] = gate[1, 0] * a + gate[1, 1] * b

    def cnot(self, control, target):
        for index in range(len(self.state)):
            if index >> control & 1 and not index >> target & 1:
                flipped = index | 1 << target
                temp = self.state[index]
                self.state[index] = self.state[flipped]
                self.state[flipped] = temp

    def probabilities(self):
        return np.array([abs(amp) ** 2 for amp in self.state])


def kernel(n_qubits, angles):
    circuit = Circuit(n_qubits)
    for q in range(n_qubits):
        circuit.apply(H, q)
    for layer in angles:
        for q in range(n_qubits):
            circuit.apply(rz(layer[q]), q)
            circuit.apply(rx(0.5 * layer[q]), q)
        for q in range(n_qubits - 1):
            circuit.cnot(q, q + 1)
    return circuit.state, circuit.probabilities()


SIZES = {"test": 4, "small": 8, "bench": 12}


def inputs(size: int, rng: np.random.Generator) -> tuple:
    return size, rng.uniform(0, 2 * math.pi, size=(8 if size > 6 else 2, size))

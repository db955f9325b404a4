#!/usr/bin/env python3
"""Waves of the photosensitive Belousov-Zhabotinsky reaction run around a ring, with a surrogate for the kinetics.

  mpirun -n 2 python3 wave.py [cells] [steps] [restart file]

Every step diffuses activator u and catalyst v explicitly, and then lets them react in every cell: the Oregonator of
Krug, Pohlmann & Kuhnert (J. Phys. Chem. 94 (1990) 4862) under a light phi that differs along the ring. Where it is dark
the medium oscillates by itself and sends out waves. A restart file is written at the end; if there is one, the run goes
on from it, on as many ranks as before.

numpy takes about 27 ms for a call of react, however few rows it gets, and 10 us more for each of them. With a thousand
cells the surrogate may therefore answer most rows and save nothing; with twenty thousand on a rank it pays.
"""

import os
import sys

import bimetal
import numpy as np
from mpi4py import MPI

EPSILON, F, Q = 0.04, 1.4, 0.002
SPACING, STEP, SUBSTEPS = 0.3, 0.03, 1000
DIFFUSION = np.array([1.0, 0.6])  # of u and v


def rates(u, v, phi):
    return (u - u * u - (F * v + phi) * (u - Q) / (u + Q)) / EPSILON, u - v


def react(rows, out):
    """The expensive function: u, v after a step, from rows of u, v, phi, by the classical Runge-Kutta method."""
    u, v, phi = rows.T.copy()
    h = STEP / SUBSTEPS
    for _ in range(SUBSTEPS):
        u1, v1 = rates(u, v, phi)
        u2, v2 = rates(u + h / 2 * u1, v + h / 2 * v1, phi)
        u3, v3 = rates(u + h / 2 * u2, v + h / 2 * v2, phi)
        u4, v4 = rates(u + h * u3, v + h * v3, phi)
        u += h / 6 * (u1 + 2 * u2 + 2 * u3 + u4)
        v += h / 6 * (v1 + 2 * v2 + 2 * v3 + v4)
    out[:, 0], out[:, 1] = u, v


def diffuse(c, comm):
    """c: [n + 2, 2], u and v of this rank's cells between one cell of each neighbour."""
    left, right = (comm.rank - 1) % comm.size, (comm.rank + 1) % comm.size
    comm.Sendrecv(c[1], left, recvbuf=c[-1], source=right)
    comm.Sendrecv(c[-2], right, recvbuf=c[0], source=left)
    c[1:-1] += STEP * DIFFUSION * (c[:-2] - 2 * c[1:-1] + c[2:]) / SPACING**2


def main(cells=1000, steps=600, restart=None):
    comm = MPI.COMM_WORLD
    ids = np.arange(cells * comm.rank // comm.size, cells * (comm.rank + 1) // comm.size)  # of this rank's cells
    phi = 0.005 * (1 + np.cos(2 * np.pi * ids / cells))
    c = np.full((len(ids) + 2, 2), 0.05)
    c[1:-1][20 * ids < cells, 0] = 0.8

    hybrid = bimetal.Hybrid(
        kind="oregonator",
        inputs=[bimetal.Input("u", "1", scale=1.0, nature="positive"), bimetal.Input("v", "1", scale=0.3),
                bimetal.Input("phi", "1", scale=0.01)],
        outputs=[bimetal.Output("u", "1", scale=1.0, continues="u", lower=0.0, upper=1.0),
                 bimetal.Output("v", "1", scale=0.3, continues="v", lower=0.0, upper=1.0)],
        reference=react, fingerprint="eps 0.04, f 1.4, q 0.002, dt 0.03",
        options={"switching": {"tolerance": 1e-3, "cost_veto": False}}, comm=comm)  # learns at once, whatever it costs

    first, own_file = 0, f"{restart}.{comm.rank}.npz"
    goes_on = comm.bcast(bool(restart) and os.path.exists(restart))
    if goes_on:
        hybrid.restore(restart)
        saved = np.load(own_file)
        first, c = int(saved["step"]), saved["c"]
    for step in range(first, first + steps):
        diffuse(c, comm)
        c[1:-1] = hybrid.solve(step, np.column_stack([c[1:-1], phi]), ids)
    if restart:
        hybrid.save(restart)
        np.savez(own_file, step=first + steps, c=c)

    hybrid.print_summary()
    found = hybrid.report()
    if comm.rank == 0:
        print(f"certificate: at most {100 * found['certificate']['upper_bound']:.2f} % wrong")
        print(f"net speed-up: {found['speed']['net_speedup']:.2f}")
    hybrid.close()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:])

#!/usr/bin/env python3
"""Rates of progress for rates_test.cpp, by the published formulas alone. Prints the rows of its tables.

PLOG: Gou, Miller, Sun & Ju, Implementation of PLOG function in Chemkin II and III (2011).
Chebyshev: Venkatesh, Chang, Dean, Cohen & Carr, AIChE J. 43 (1997) 1331.
Falloff: Gilbert, Luther & Troe, Ber. Bunsenges. Phys. Chem. 87 (1983) 169.
SRI: Stewart, Larson & Golden, Combust. Flame 75 (1989) 25; d and e: Kee, Rupley & Miller, SAND89-8009 (1989).
Tsang: Tsang & Herron, J. Phys. Chem. Ref. Data 20 (1991) 609.
Chemical activation: Kee, Coltrin & Glarborg, Chemically Reacting Flow (2003), section 9.4.5.
Blowers & Masel, AIChE J. 46 (2000) 2041.

Everything here is in cm, mol, s, cal and K, as in the mechanism of the test; rates are printed in kmol/m^3/s.
"""

from math import acos, cos, cosh, acosh, exp, log, log10

R = 8.31446261815324  # J/mol/K, exact
CAL = 4.184  # J
ATM = 101325.0  # Pa
X = {"A": 0.2, "B": 0.3, "C": 0.5}
STATES = [(900.0, 0.4), (900.0, 6.0), (1800.0, 0.4), (1800.0, 6.0)]  # K, atm


def concentrations(T, p):
    """mol/cm^3"""
    return {name: x * p * ATM / (R * T) * 1e-6 for name, x in X.items()}


def arrhenius(T, A, b, Ea):
    return A * T**b * exp(-Ea * CAL / (R * T))


def plog(T, p, table):
    sums = {}
    for p_k, A, b, Ea in table:
        sums[p_k] = sums.get(p_k, 0.0) + arrhenius(T, A, b, Ea)
    pressures = sorted(sums)
    if p <= pressures[0]:
        return sums[pressures[0]]
    if p >= pressures[-1]:
        return sums[pressures[-1]]
    for low, high in zip(pressures, pressures[1:]):
        if low <= p <= high:
            weight = log(p / low) / log(high / low)
            return sums[low] ** (1 - weight) * sums[high] ** weight


def polynomial(n, x):
    """By its definition with cosines, not by the recursion."""
    return cos(n * acos(x)) if abs(x) <= 1 else (1 if x > 0 or n % 2 == 0 else -1) * cosh(n * acosh(abs(x)))


def chebyshev(T, p, T_range, p_range, data):
    low, high = T_range
    x = (2 / T - 1 / low - 1 / high) / (1 / high - 1 / low)
    low, high = map(log10, p_range)
    y = (2 * log10(p) - low - high) / (high - low)
    return 10 ** sum(c * polynomial(t, x) * polynomial(q, y) for t, row in enumerate(data) for q, c in enumerate(row))


def troe_F(F_cent, Pr):
    c = -0.4 - 0.67 * log10(F_cent)
    n = 0.75 - 1.27 * log10(F_cent)
    f = (log10(Pr) + c) / (n - 0.14 * (log10(Pr) + c))
    return 10 ** (log10(F_cent) / (1 + f * f))


def sri_F(T, Pr, a, b, c, d=1.0, e=0.0):
    return d * (a * exp(-b / T) + exp(-T / c)) ** (1 / (1 + log10(Pr) ** 2)) * T**e


LOW = (1.0e21, -1.2, 1500.0)
HIGH = (3.0e13, 0.2, 300.0)


def falloff(T, M, F):
    k0, k_inf = arrhenius(T, *LOW), arrhenius(T, *HIGH)
    Pr = k0 * M / k_inf
    return k_inf * Pr / (1 + Pr) * F(T, Pr)


def activated(T, M, F):
    k0, k_inf = arrhenius(T, 1.0e14, 0.1, 900.0), arrhenius(T, 2.0e6, 0.5, -700.0)
    Pr = k0 * M / k_inf
    return k0 / (1 + Pr) * F(T, Pr)


def enthalpy(T, a):
    """Of a NASA polynomial with seven coefficients, J/mol."""
    return R * (sum(a[i] * T ** (i + 1) / (i + 1) for i in range(5)) + a[5])


FITS = {"A": (2.5, 1.0e-4, 0, 0, 0, 20000), "B": (3.5, 0, 1.0e-8, 0, 0, 5000), "C": (5.5, 0, 0, 0, 0, -9000)}


def blowers_masel(T, heat, A, b, E0, w):
    """heat J/mol; E0 and w cal/mol."""
    E0, w = E0 * CAL, w * CAL
    V = 2 * w * (w + E0) / (w - E0)
    if heat <= -4 * E0:
        E = 0.0
    elif heat >= 4 * E0:
        E = heat
    else:
        E = (w + heat / 2) * (V - 2 * w + heat) ** 2 / (V**2 - 4 * w**2 + heat**2)
    return A * T**b * exp(-E / (R * T))


PLOG = [(0.1, 2.0e11, 0.3, 1000.0), (1.0, 5.0e12, 0.0, 1500.0), (1.0, -1.0e11, 0.1, 1200.0), (10.0, 8.0e13, -0.2, 2500.0)]
DATA = [[8.2883, -1.1397, -0.12059], [1.9764, 1.0037, 0.0072865], [0.3177, 0.26889, 0.094806], [-0.031285, -0.039412, 0.04475]]


def cases(T, p):
    C = concentrations(T, p)
    A, B, third = C["A"], C["B"], C["C"]
    M = A + B + third
    H = {name: enthalpy(T, fit) for name, fit in FITS.items()}
    yield "pressure-dependent-Arrhenius", plog(T, p, PLOG) * A**2
    yield "pressure-dependent-Arrhenius below", plog(T, p, [(100 * p_k, *rest) for p_k, *rest in PLOG]) * A**2
    yield "pressure-dependent-Arrhenius above", plog(T, p, [(p_k / 1000, *rest) for p_k, *rest in PLOG]) * A**2
    yield "Chebyshev", chebyshev(T, p, (300.0, 2500.0), (0.01, 100.0), DATA) * A**2
    yield "SRI", falloff(T, M, lambda T, Pr: sri_F(T, Pr, 0.45, 797.0, 979.0)) * A**2
    yield "SRI of five", falloff(T, M, lambda T, Pr: sri_F(T, Pr, 0.54, 201.0, 1024.0, 1.1, 0.02)) * A**2
    yield "Tsang", falloff(T, M, lambda T, Pr: troe_F(0.95 - 1.0e-4 * T, Pr)) * A**2
    yield "activated", activated(T, M, lambda T, Pr: 1.0) * A**2
    troe = lambda T, Pr: troe_F(0.4 * exp(-T / 100.0) + 0.6 * exp(-T / 2000.0) + exp(-4000.0 / T), Pr)
    yield "activated Troe", activated(T, M, troe) * A**2
    yield "activated SRI", activated(T, M, lambda T, Pr: sri_F(T, Pr, 0.45, 797.0, 979.0)) * A**2
    yield "orders", arrhenius(T, 1.0e9, 0.0, 1000.0) * A**0.25 * B**1.5
    yield "negative order", arrhenius(T, 1.0e7, 0.0, 1000.0) * A**1.3 * B**-0.3
    yield "order of another", arrhenius(T, 1.0e7, 0.0, 1000.0) * A**2 * third**-0.5
    yield "collider", arrhenius(T, 1.0e15, 0.0, 1000.0) * A**2 * 2.5 * third
    heat = H["B"] - 2 * H["A"]
    yield "Blowers-Masel exothermic", blowers_masel(T, heat, 1.0e12, 0.2, 12000.0, 2.0e5) * A**2
    yield "Blowers-Masel downhill", blowers_masel(T, heat, 1.0e12, 0.2, 40000.0, 2.0e5) * A**2
    yield "Blowers-Masel uphill", blowers_masel(T, -heat, 1.0e12, 0.2, 30000.0, 2.0e5) * B
    yield "Blowers-Masel endothermic", blowers_masel(T, -heat, 1.0e12, 0.2, 9000.0, 1.0e9) * B


names = [name for name, _ in cases(*STATES[0])]
for name in names:
    rates = [dict(cases(T, p))[name] * 1e3 for T, p in STATES]  # mol/cm^3/s to kmol/m^3/s
    print(f'      {{"{name}", {{' + ", ".join(f"{rate:.12e}" for rate in rates) + "}},")

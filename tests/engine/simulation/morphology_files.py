"""A small cell as the files that tests need: soma, three sections of axon, two of dendrite, one apical."""

from pathlib import Path

# (parent, type, points as (x, y, z, diameter)); the order is soma, axon, dend, apic.
_BRANCHES = {
    "axon[0]": ("soma", 2, [(0, -10, 0, 2.0), (0, -40, 0, 2.0)]),
    "axon[1]": ("axon[0]", 2, [(-30, -70, 0, 1.0)]),
    "axon[2]": ("axon[0]", 2, [(30, -120, 0, 0.5)]),
    "dend[0]": ("soma", 3, [(10, 0, 0, 1.5), (110, 0, 0, 1.5)]),
    "dend[1]": ("soma", 3, [(-10, 0, 0, 1.0), (-90, 0, 0, 1.0)]),
    "apic[0]": ("soma", 4, [(0, 10, 0, 3.0), (0, 210, 0, 2.0)]),
}
SECTIONS = ("soma[0]", *_BRANCHES)
SOMA_RADIUS = 10.0  # µm


def write_swc(path: Path) -> Path:
    """The soma is one point, which stands for a sphere."""
    lines = [f"1 1 0 0 0 {SOMA_RADIUS} -1"]
    last = {"soma": 1}
    for name, (parent, kind, points) in _BRANCHES.items():
        before = last[parent]
        for x, y, z, diameter in points:
            number = len(lines) + 1
            lines.append(f"{number} {kind} {x} {y} {z} {diameter / 2} {before}")
            before = number
        last[name] = before
    path.write_text("\n".join(lines) + "\n")
    return path


def write_asc(path: Path) -> Path:
    """The soma is an outline: a square standing on its corner."""
    r = SOMA_RADIUS
    corners = [(0, -r), (r, 0), (0, r), (-r, 0)]
    soma = "\n".join(f"  ({x} {y} 0 0)" for x, y in corners)
    trees = [_tree(name) for name, branch in _BRANCHES.items() if branch[0] == "soma"]
    path.write_text(f'("CellBody"\n  (CellBody)\n{soma}\n)\n' + "\n".join(trees) + "\n")
    return path


def _tree(name: str) -> str:
    kind = {2: "Axon", 3: "Dendrite", 4: "Apical"}[_BRANCHES[name][1]]
    return f"(\n  ({kind})\n{_branch(name)}\n)"


def _branch(name: str) -> str:
    points = "\n".join(f"  ({x} {y} {z} {d})" for x, y, z, d in _BRANCHES[name][2])
    children = [_branch(each) for each, branch in _BRANCHES.items() if branch[0] == name]
    if not children:
        return points
    return points + "\n  (\n" + "\n  |\n".join(children) + "\n  )"

"""What every device of a kind promises, whoever drives it: one file per kind.

A contract is a class of tests over a rig: the device, and the truth of the hardware behind it. Each driver has a
`Test…` class of it that gives the `rig` fixture; the simulator's rig stands beside the contract. `test_simulators.py`
runs them, and takes the work out of every verb of the simulator in turn to see the contract fail.
"""

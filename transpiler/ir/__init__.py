"""The intermediate representation: types, nodes, check, show, interpret."""

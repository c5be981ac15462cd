"""The program without its window: one file per verb. `verbs` knows them all; importing this package imports none."""

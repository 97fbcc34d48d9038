"""What the law of privacy asks of the whole house: forgetting by policy, a person's own data, who has read it.

It spans every app, so it stands at the root; each app forgets and reads its own rows.
"""

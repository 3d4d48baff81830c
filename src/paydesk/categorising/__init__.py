"""What an inquiry is about: text in, category and confidence out. And the incident radar. Plain Python.

`learning.train(rows)` makes a `Model` from labelled cases, `suggestions.suggest(model, text)` asks it,
`storing` keeps it as arrays in a folder, `scoring` measures it. `radar` and `shared_money` notice cases that
are about one thing. scikit-learn and SciPy are imported by the functions that need them: asking a model needs
neither. What a text was about before is all a model knows; it decides nothing below its learnt threshold.
"""

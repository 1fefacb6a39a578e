"""The terms of the energy that the fit lowers, one class each: its energy and the rows it gives the Gauss-Newton solver.

Minus the log likelihood of what was seen, of smooth and usual motion, and of feet that stand still. Residuals are divided by
their standard deviation. A new term is a subclass of ``term.Term``, put into ``fit.objective``.
"""

"""
The laboratory: the models of ``science`` on any file, without database and framework.

:mod:`~guanxi.analytics.laboratory.files` reads tables, ``columns`` makes numbers of their
cells, ``findings`` holds what a model found, ``models`` lists the models. Sentences are
translated by :mod:`~guanxi.analytics.laboratory.words`, because Django is not there.
"""

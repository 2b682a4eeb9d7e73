"""Effects become a pooled effect: tau2 estimators, intervals, heterogeneity, weights."""

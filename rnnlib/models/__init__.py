"""Whole models: networks that predict, read or translate, and the counters to beat."""

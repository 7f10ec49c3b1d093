"""Tests of minicnn learn, and the wrong answers that its exercises must find."""

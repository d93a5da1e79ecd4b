"""Fits the weights of proxy/usage/token_weights.cpp, and estimates with weights that saw other sources only."""
import numpy
from scipy.optimize import nnls

FOLDS = 5


def _weights(features, tokens, kinds, priors):
    """What makes the relative error small, each class counting alike; never below 0, so that no text counts less for
    what is put behind it. Where the corpus says little, the prior stands."""
    shares = {kind: (kinds == kind).mean() for kind in set(kinds)}
    alike = numpy.array([1 / numpy.sqrt(shares[kind]) for kind in kinds])
    weight, found = alike, None
    for _ in range(5):
        rows = numpy.vstack([features * (weight / tokens)[:, None], 0.05 * numpy.eye(features.shape[1])])
        found, _ = nnls(rows, numpy.concatenate([weight, 0.05 * priors]))
        # The mean absolute error is asked for: what is far off pulls no harder than what is near.
        error = numpy.abs(features @ found / tokens - 1)
        weight = alike / numpy.sqrt(numpy.maximum(error, 0.02)) * 0.2
    return found


def fit(features, tokens, kinds, priors):
    return _weights(features, tokens, numpy.asarray(kinds), priors)


def folds(sources):
    names = sorted(set(sources))
    return numpy.array([names.index(source) * 7 % FOLDS for source in sources])


def estimates(features, tokens, kinds, sources, priors):
    """Each text by weights fitted without its source."""
    fold, found = folds(sources), numpy.zeros(len(tokens))
    for number in range(FOLDS):
        rest = fold != number
        weights = fit(features[rest], tokens[rest], numpy.asarray(kinds)[rest], priors)
        found[~rest] = features[~rest] @ weights
    return found


# Tokens where the corpus says nothing: most that are not named here are fitted well.
PRIORS = {"word_lower": .9, "word_upper": .9, "word_glued": .8, "word_after_wide": 1, "digit_first": 1,
          "digit_after_space": 2, "digit_late": .33, "punct_first": 1, "punct_after_word": .8, "punct_after_space": 1,
          "space_second": 1, "newline": 1, "tab": 1, "control": 1, "latin_sign": 1, "latin_letter": .3,
          "latin_extended": 1, "greek": .5, "cyrillic_first": .9, "semitic": .6, "indic": .8, "punct_general": 1,
          "symbol": 1.5, "cjk_punct": .7, "hiragana": .6, "kana_mixed": .7, "katakana": .6, "cjk_extension": 2,
          "han_first": .3, "han_common": .3, "han_known": .6, "han_scarce": 1.3, "han_rare": 1.8,
          "word_new": .2, "letter_new": .15, "hangul_first": 1, "hangul_next": .4,
          "compatibility": 1, "astral": 2}
# And what no letter of a script that the corpus hardly has is below.
LEAST = {"indic": .25, "latin_extended": .2, "latin_letter": .05, "greek": .4, "semitic": .3, "astral": 1,
         "compatibility": .3}


def priors(names):
    return numpy.array([PRIORS.get(name, 0.0) for name in names])


def spreads(fitted):
    """How much the weights of the vocabularies differ, in 1/1000 of their size."""
    whole = numpy.log(numpy.array(fitted) + 0.001)
    return [round(1000 * one) for one in numpy.clip(whole.std(axis=0), 0.08, 0.5)]


def show(fitted, names):
    """The rows of proxy/usage/token_weights.cpp; the last but one is the mean of them."""
    for weights in [*fitted, numpy.mean(fitted, axis=0)]:
        whole = [max(round(value * 65536), round(LEAST.get(name, 0) * 65536)) for name, value in zip(names, weights)]
        print("    {" + ", ".join(map(str, whole)) + "},")
    print("    " + ", ".join(map(str, spreads(fitted))))

"""scipy.stats and NumPy called as R's functions are: arguments by name, results by name."""

from __future__ import annotations

import numpy as np
from scipy import stats


def binomial(x, n, p, alternative="two-sided"):
    test = stats.binomtest(x, n, p, alternative)
    limits = test.proportion_ci()
    return {"p": test.pvalue, "low": limits.low, "high": limits.high}


def ks_normal(x, mean, sd):
    test = stats.ks_1samp(x, stats.norm(mean, sd).cdf)
    return {"statistic": test.statistic, "p": test.pvalue}


def kruskal(a, b, c):
    return stats.kruskal(a, b, c)


def bartlett(a, b, c):
    return stats.bartlett(a, b, c)


def fligner(a, b, c):
    return stats.fligner(a, b, c)


def friedman(a, b, c):
    return stats.friedmanchisquare(a, b, c)


def oneway(a, b, c, equal_var=True):
    return stats.f_oneway(a, b, c, equal_var=equal_var)


def distribution_at(x, at):
    return stats.ecdf(x).cdf.evaluate(at)


def density_at(x, at, bw=None):
    """`bw` is the kernel's standard deviation; scipy takes it as a share of the sample's."""
    return stats.gaussian_kde(x, None if bw is None else bw / np.std(x, ddof=1))(at)


def fourier(z, inverse=False):
    f = np.fft.ifft(z) if inverse else np.fft.fft(z)
    return {"re": f.real, "im": f.imag}


def normal(x, p, mean, sd):
    one = stats.norm(mean, sd)
    return {"d": one.pdf(x), "p": one.cdf(x), "tail": one.sf(x), "logp": one.logcdf(x), "q": one.ppf(p)}


def student(x, p, df):
    one = stats.t(df)
    return {"d": one.pdf(x), "p": one.cdf(x), "q": one.ppf(p)}


def gamma(x, p, shape, theta):
    one = stats.gamma(shape, scale=theta)
    return {"d": one.pdf(x), "p": one.cdf(x), "q": one.ppf(p)}


def geometric(x, p, prob, loc=0):
    one = stats.geom(prob, loc)
    return {"d": one.pmf(x), "p": one.cdf(x), "q": one.ppf(p)}


def negative_binomial(x, size, prob):
    one = stats.nbinom(size, prob)
    return {"d": one.pmf(x), "p": one.cdf(x)}


def lognormal(x, p, meanlog, sdlog):
    one = stats.lognorm(sdlog, scale=np.exp(meanlog))
    return {"d": one.pdf(x), "p": one.cdf(x), "q": one.ppf(p)}


def hypergeometric(x, white, black, drawn):
    one = stats.hypergeom(white + black, white, drawn)
    return {"d": one.pmf(x), "p": one.cdf(x)}


def tukey(q, means, df):
    return {"p": stats.studentized_range(means, df).cdf(q)}


def noncentral_t(x, df, ncp):
    one = stats.nct(df, ncp)
    return {"p": one.cdf(x), "tail": one.sf(x)}


def noncentral_chi_squared(x, df, ncp):
    one = stats.ncx2(df, ncp)
    return {"p": one.cdf(x), "tail": one.sf(x)}

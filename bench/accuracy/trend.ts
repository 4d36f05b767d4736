/** The figures of `trend`. They come from a simulation of its own, which the report does not repeat. */
export const trendSection = `## Trend

\`trend\` was simulated apart from the tables above, and compared with no one.
Each bake lasts an hour at 60 s a tick; the past is three days at the same step, unless the table says otherwise.
The defaults are judged (a tolerance of 10 %), with \`direction: both\` and a budget of 1 %; a leak is a straight rise over the bake, as a share of the level.
1,000 healthy bakes of each family were made, and 200 with each leak.

*white* is independent noise (5 % of the level); *autocorrelated* is AR(1) noise with a coefficient of 0.9 and a deviation of 5 %; *season* swings by 30 % with the day, with 3 % noise and a random hour of the deploy; *random walk* moves by 10 % of its first level in an hour (one standard deviation), without end; *cold start* rises by 40 % within the first minutes of the bake and levels off, which no stretch of the past does; *step* jumps by 40 % at a random tick of the bake, and stays there.
A cold start and a step count as healthy here: neither is a leak.

| family | healthy bakes that failed | leak of 20 % found | leak of 50 % found | leak of 100 % found |
| --- | --- | --- | --- | --- |
| white | 0 % (0 % to 0.4 %) | 79.5 % (73.2 % to 84.9 %), 55 min | 100 % (98.2 % to 100 %), 30 min | 100 % (98.2 % to 100 %), 20 min |
| autocorrelated | 0 % (0 % to 0.4 %) | 0.5 % (0 % to 2.8 %), 45 min | 31 % (24.7 % to 37.9 %), 50 min | 54.5 % (47.3 % to 61.5 %), 30 min |
| season | 0 % (0 % to 0.4 %) | 65.5 % (58.5 % to 72.1 %), 45 min | 100 % (98.2 % to 100 %), 25 min | 100 % (98.2 % to 100 %), 20 min |
| season, six hours of past | 0 % (0 % to 0.4 %) | 70.5 % (63.7 % to 76.7 %), 45 min | 100 % (98.2 % to 100 %), 25 min | 100 % (98.2 % to 100 %), 20 min |
| random walk | 0 % (0 % to 0.4 %) | 6 % (3.1 % to 10.2 %), 50 min | 30 % (23.7 % to 36.9 %), 45 min | 47.5 % (40.4 % to 54.7 %), 30 min |
| random walk, six hours of past | 0 % (0 % to 0.4 %) | 4 % (1.7 % to 7.7 %), 55 min | 30 % (23.7 % to 36.9 %), 45 min | 53.5 % (46.3 % to 60.6 %), 30 min |
| cold start | 0.1 % (0 % to 0.6 %) | 0.5 % (0 % to 2.8 %), 20 min | 1 % (0.1 % to 3.6 %), 60 min | 6 % (3.1 % to 10.2 %), 55 min |
| step | 0 % (0 % to 0.4 %) | 29 % (22.8 % to 35.8 %), 45 min | 72.5 % (65.8 % to 78.6 %), 20 min | 77 % (70.5 % to 82.6 %), 20 min |

Behind the interval stands the median time from the deploy to the failure.
With a past of five-minute means, 0 of 1,000 healthy bakes failed in each of *white*, *autocorrelated*, *season* and *random walk*, too.
It keeps well below its budget. The price is power: of autocorrelated gauges and random walks it misses two thirds of the leaks of 50 %, and half of those that double the level within the bake.
A cold start hides a leak behind it: give such a service a \`warmup\`.`;

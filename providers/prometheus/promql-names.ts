/** The functions of PromQL, for hints. The grammar decides which names are valid. */
const functionNames =
  `abs absent absent_over_time acos acosh asin asinh atan atanh avg_over_time ceil changes clamp clamp_max clamp_min cos cosh
count_over_time day_of_month day_of_week day_of_year days_in_month deg delta deriv double_exponential_smoothing exp first_over_time floor histogram_avg
histogram_count histogram_fraction histogram_quantile histogram_stddev histogram_stdvar histogram_sum holt_winters hour idelta increase info irate
label_join label_replace last_over_time ln log10 log2 mad_over_time max_over_time min_over_time minute month pi predict_linear present_over_time
quantile_over_time rad rate resets round scalar sgn sin sinh sort sort_by_label sort_by_label_desc sort_desc sqrt stddev_over_time stdvar_over_time
sum_over_time tan tanh time timestamp vector year`.split(/\s+/);

const aggregationNames = 'avg bottomk count count_values group limitk limit_ratio max min quantile stddev stdvar sum topk'.split(' ');

/** Every name that may stand before a parenthesis with arguments. */
export const callNames: readonly string[] = [...functionNames, ...aggregationNames];

/** Whether a word is an aggregation, such as `sum`. Their case does not matter. */
export function isAggregation(word: string): boolean {
  return aggregationNames.includes(word.toLowerCase());
}

/** Words that belong to the language, whatever their case. */
const keywords: ReadonlySet<string> = new Set(
  'by without on ignoring group_left group_right bool offset and or unless atan2 inf nan'.split(' '),
);

/** Whether a word is one of the language, such as `by`. */
export function isKeyword(word: string): boolean {
  return keywords.has(word.toLowerCase());
}

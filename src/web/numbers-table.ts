/** The column heads of the numbers behind the checks. */
export const numberHeads = ['Check', 'Measured', 'Expected', 'Limit', 'Out of'] as const;

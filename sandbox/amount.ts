/** A plain decimal above zero, as amounts travel (`lesspay-api.md`, "Conventions"). */
export const isAmount = (text: string): boolean => /^\d{1,15}(\.\d{1,8})?$/.test(text) && /[1-9]/.test(text);

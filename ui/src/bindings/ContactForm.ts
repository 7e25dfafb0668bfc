// provisional
export type ContactForm = { firstName: string, lastName: string, email: string, phone: string, };

// provisional
import type { ContactForm } from "./ContactForm";
export type OrganisationForm = { name: string, email: string, firstName: string, lastName: string, contact: ContactForm, companyTemplate: string, legalUrl: string, mouSigned: boolean, };

//! Commands of what is set up for reports: who reports, and a package read again.
//!
//! It must never decide anything.

use std::path::PathBuf;

use casement_core::package::{self, Organisation};
use casement_core::wire::{ContactForm, OrganisationForm, PackageVerification, ProposalFacts};
use tauri::State;

use super::Answer;
use crate::desk::Desk;

#[tauri::command]
pub(crate) async fn organisation_show(desk: State<'_, Desk>) -> Answer<OrganisationForm> {
    let set = package::organisation(&desk.console().await?).await?;
    Ok(OrganisationForm {
        name: set.name,
        email: set.email,
        first_name: set.first_name,
        last_name: set.last_name,
        contact: ContactForm {
            first_name: set.contact.first_name,
            last_name: set.contact.last_name,
            email: set.contact.email,
            phone: set.contact.phone,
        },
        company_template: set.company_template,
        legal_url: set.legal_url,
        mou_signed: set.mou_signed,
        max_files: set.max_files,
    })
}

/// Sets who reports, or proposes it where a second person must approve: then the proposal.
#[tauri::command]
pub(crate) async fn organisation_change(
    desk: State<'_, Desk>,
    organisation: OrganisationForm,
    reason: String,
) -> Answer<Option<ProposalFacts>> {
    let console = desk.console().await?;
    // What the form does not show stays as it is set.
    let mut set = package::organisation(&console).await?;
    fill(&mut set, organisation);
    Ok(package::change_organisation(&console, &set, &reason).await?)
}

fn fill(set: &mut Organisation, form: OrganisationForm) {
    set.name = form.name;
    set.email = form.email;
    set.first_name = form.first_name;
    set.last_name = form.last_name;
    set.contact.first_name = form.contact.first_name;
    set.contact.last_name = form.contact.last_name;
    set.contact.email = form.contact.email;
    set.contact.phone = form.contact.phone;
    set.company_template = form.company_template;
    set.legal_url = form.legal_url;
    set.mou_signed = form.mou_signed;
    set.max_files = form.max_files;
}

/// Every check of a sealed package; no finding means that it is whole.
#[tauri::command]
pub(crate) async fn package_verify(
    desk: State<'_, Desk>,
    path: PathBuf,
) -> Answer<PackageVerification> {
    Ok(package::verify(Some(&desk.console().await?), &path, None).await?)
}

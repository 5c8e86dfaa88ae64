import { expect, type Locator, type Page } from '@playwright/test';

/** Opens the dialog with the link to the room and the invitations. */
export async function openInvitations(page: Page): Promise<Locator> {
  await page.locator('header').getByRole('button', { name: 'Invite people' }).click();
  return page.getByRole('dialog', { name: 'Invite people' });
}

/** Makes an invitation in the dialog. Returns its link. */
export async function makeInvitation(mona: Page, people = '1 person'): Promise<string> {
  const dialog = mona.getByRole('dialog', { name: 'Invite people' });
  if (!(await dialog.isVisible())) await openInvitations(mona);
  await dialog.getByLabel('Lets in').selectOption(people);
  const field = dialog.getByLabel('Link', { exact: true });
  const before = await field.inputValue();
  await dialog.getByRole('button', { name: 'Make an invitation' }).click();
  await expect(field).not.toHaveValue(before);
  return field.inputValue();
}

/** The owner in the access token, which nothing verifies. @param {string | undefined} authorization */
export function readOwner(authorization) {
  const claims = JSON.parse(Buffer.from(authorization?.split('.')[1] ?? '', 'base64url').toString());
  return { id: claims.org_id, name: claims.org_name };
}

/** @typedef {ReturnType<typeof readOwner>} Owner */

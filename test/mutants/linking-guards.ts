import type { Mutant } from './guards.js';

const accountList = 'src/linking/account-list.ts';
const catalog = 'src/linking/provider-catalog.ts';
const connectInput = 'src/linking/connect-input.ts';
const cursor = 'src/linking/cursor.ts';
const choice = 'src/linking/account-choice.ts';
const policy = 'src/linking/policy.ts';
const dataSource = 'src/linking/stackone-data-source.ts';
const ownerWork = 'src/linking/limits/owner-work.ts';
const rateLimits = 'src/linking/limits/rate-limits.ts';
const offers = 'src/linking/provider-offers.ts';
const requestWindow = 'src/linking/limits/request-window.ts';

/** Guards of the rules of linking: owner isolation, the order of checks, rate limits and the bounds of lists. */
export const linkingGuards: readonly Mutant[] = [
  {
    file: ownerWork,
    guard: 'if (excess > 0) {',
    without: 'if (false) {',
    noticedBy: 'unit/owner-work',
  },
  {
    file: accountList,
    guard: 'return ownerId === this.#owner.id;',
    without: 'return true;',
    noticedBy: 'flow/ownership',
  },
  {
    file: accountList,
    guard: 'record !== undefined && this.#isOwn(record)',
    without: 'record !== undefined',
    noticedBy: 'flow/ownership',
  },
  {
    file: dataSource,
    guard: 'session === undefined && account !== null',
    without: 'false',
    noticedBy: 'flow/ownership',
  },
  {
    file: accountList,
    guard: '[page, page - 1, page + 1]',
    without: '[page, page - 1]',
    noticedBy: 'flow/linked-accounts',
  },
  {
    file: dataSource,
    guard: 'p.categories.includes(category)',
    without: 'true',
    noticedBy: 'flow/provider-list',
  },
  {
    file: accountList,
    guard: '!accountIdPattern.test(accountId)',
    without: 'false',
    noticedBy: 'flow/ownership',
  },
  {
    file: accountList,
    guard: 'matches(account, filter) && this.#isOwn(record)',
    without: 'matches(account, filter)',
    noticedBy: 'flow/linked-accounts',
  },
  {
    file: accountList,
    guard: 'matches(account, filter) && this.#isOwn(record)',
    without: 'this.#isOwn(record)',
    noticedBy: 'flow/linked-accounts',
  },
  {
    file: accountList,
    guard: 'if (foreign > 0)',
    without: 'if (false)',
    noticedBy: 'flow/linked-accounts',
  },
  {
    file: accountList,
    guard: 'page < start.page + maxPages &&',
    without: 'page < start.page + 10 * maxPages &&',
    noticedBy: 'flow/linked-accounts',
  },
  {
    file: accountList,
    guard: 'if (current.rows.every(isSeen) && !isUnreadable(current))',
    without: 'if (false)',
    noticedBy: 'flow/linked-accounts',
  },
  { file: accountList, guard: 'if (isNew && ', without: 'if (', noticedBy: 'flow/linked-accounts' },
  {
    file: accountList,
    guard: '    await this.#dependencies.rateLimits.takeLookup(this.#owner.id);\n    const record =',
    without: '    const record =',
    noticedBy: 'flow/quota.test.ts',
  },
  {
    file: accountList,
    guard: '    await this.#dependencies.rateLimits.takeLookup(this.#owner.id);\n    const page =',
    without: '    const page =',
    noticedBy: 'flow/quota.test.ts',
  },
  {
    file: catalog,
    guard: 'this.#copy === undefined || age >= staleMs',
    without: 'this.#copy === undefined',
    noticedBy: 'flow/provider-catalog',
  },
  {
    file: catalog,
    guard: 'this.#refresh ??= this',
    without: 'this.#refresh = this',
    noticedBy: 'flow/provider-catalog',
  },
  {
    file: catalog,
    guard: 'this.#ageOf(this.#failure) < minIntervalMs',
    without: 'false',
    noticedBy: 'flow/outages',
  },
  {
    file: catalog,
    guard: '(age < minIntervalMs || (age',
    without: '(age < staleMs || (age',
    noticedBy: 'flow/provider-catalog',
  },
  {
    file: catalog,
    guard: '(age < minIntervalMs || (age',
    without: '((age',
    noticedBy: 'flow/provider-catalog',
  },
  {
    file: catalog,
    guard: 'this.#ageOf(this.#failure) < failingMs',
    without: 'false',
    noticedBy: 'flow/provider-catalog',
  },
  {
    file: catalog,
    guard: 'return truncated || offers',
    without: 'return offers',
    noticedBy: 'flow/provider-catalog',
  },
  {
    file: connectInput,
    guard: 'provider !== undefined && !providerKeyPattern.test(provider)',
    without: 'false',
    noticedBy: 'flow/connect-session-input',
  },
  {
    file: connectInput,
    guard: 'label !== undefined && !isDisplayText(label)',
    without: 'false',
    noticedBy: 'flow/connect-session-input',
  },
  {
    file: connectInput,
    guard: '(provider === undefined || accountId !== undefined)',
    without: 'accountId !== undefined',
    noticedBy: 'flow/connect-session-input',
  },
  {
    file: connectInput,
    guard: '(provider === undefined || accountId !== undefined)',
    without: 'provider === undefined',
    noticedBy: 'flow/connect-session-input',
  },
  {
    file: choice,
    guard: '(ownerName ?? owner.name).trim() === owner.name.trim()',
    without: 'true',
    noticedBy: 'flow/on-existing',
  },
  {
    file: choice,
    guard: "await within(patienceMs, 'GET /accounts', list.all({ provider }))",
    without: 'await list.all({ provider })',
    noticedBy: 'flow/on-existing',
  },
  { file: choice, guard: 'if (!isFree)', without: 'if (false)', noticedBy: 'flow/on-existing' },
  { file: choice, guard: 'if (!isFree)', without: 'if (true)', noticedBy: 'flow/on-existing' },
  { file: cursor, guard: '.max(maxPage)', without: '', noticedBy: 'unit/cursor' },
  { file: cursor, guard: 'z.int().min(1)', without: 'z.int()', noticedBy: 'unit/cursor' },
  { file: cursor, guard: 'z.int().min(0)', without: 'z.int()', noticedBy: 'unit/cursor' },
  { file: cursor, guard: '.regex(accountIdPattern)', without: '', noticedBy: 'unit/cursor' },
  {
    file: choice,
    guard: 'provider !== undefined && provider !== account.providerKey',
    without: 'false',
    noticedBy: 'flow/connect-session-input',
  },
  {
    file: choice,
    guard: '!(await isEnabled(provider, category, dependencies))',
    without: 'false',
    noticedBy: 'flow/connect-session-input',
  },
  {
    file: choice,
    guard: 'if (accounts.length > 1)',
    without: 'if (false)',
    noticedBy: 'flow/on-existing',
  },
  {
    file: dataSource,
    guard: 'return others.length === 0',
    without: 'return true',
    noticedBy: 'flow/on-existing',
  },
  {
    file: choice,
    guard: 'onExisting === OnExistingAccount.FAIL && accounts.length > 0',
    without: 'false',
    noticedBy: 'flow/on-existing',
  },
  {
    file: dataSource,
    guard: 'config.allowAuthLinks ? session.readAuthLinkUrl() : null',
    without: 'session.readAuthLinkUrl()',
    noticedBy: 'flow/connect-session-ok',
  },
  {
    file: dataSource,
    guard: '    await this.#dependencies.rateLimits.takeSession(this.#caller.owner.id);\n',
    without: '',
    noticedBy: 'flow/quota.test.ts',
  },
  {
    file: dataSource,
    guard: 'return deletedAccounts.has(key) ?',
    without: 'return true ?',
    noticedBy: 'flow/delete-linked-account',
  },
  {
    file: dataSource,
    guard: 'if (!wasAsked && isRefusal(error))',
    without: 'if (false)',
    noticedBy: 'flow/delete-linked-account',
  },
  { file: dataSource, guard: '!wasAsked && ', without: '', noticedBy: 'flow/delete-linked-account' },
  { file: offers, guard: 'hasAny || ', without: 'true || ', noticedBy: 'flow/connect-session-input' },
  { file: offers, guard: ' || categories?.length === 0', without: '', noticedBy: 'flow/provider-catalog' },
  // Permissions and plans.
  {
    file: offers,
    guard: 'offer[allowed.has(key) ? ifAllowed : ProviderAvailability.NOT_ALLOWED]',
    without: 'offer[ifAllowed]',
    noticedBy: 'flow/grants',
  },
  {
    file: offers,
    guard: 'allowsProvider(grants, key) ? ifAllowed : ProviderAvailability.NOT_ALLOWED',
    without: 'ifAllowed',
    noticedBy: 'flow/grants',
  },
  { file: policy, guard: 'if (!canManage)', without: 'if (false)', noticedBy: 'flow/grants' },
  {
    file: policy,
    guard: 'providers === null || providers.includes(key)',
    without: 'true',
    noticedBy: 'flow/grants',
  },
  {
    file: policy,
    guard: 'providers.includes(key)',
    without: 'providers.some((allowed) => allowed.startsWith(key))',
    noticedBy: 'flow/grants',
  },
  { file: policy, guard: 'grants.providers === null\n', without: 'true\n', noticedBy: 'flow/grants' },
  { file: policy, guard: 'count < maxAccounts;', without: 'count <= maxAccounts;', noticedBy: 'flow/grants' },
  {
    file: policy,
    guard: '(await countAccounts()) > grants.maxAccounts',
    without: '(await countAccounts()) > grants.maxAccounts + 1',
    noticedBy: 'flow/audit',
  },
  { file: policy, guard: "return 'PROVIDER_NOT_ALLOWED';", without: 'return null;', noticedBy: 'flow/audit' },
  {
    file: dataSource,
    guard: "createConnectSession', input, async (entry) => {\n      requireManage(this.#caller.grants);\n",
    without: "createConnectSession', input, async (entry) => {\n",
    noticedBy: 'flow/grants',
  },
  {
    file: dataSource,
    guard: "confirmLinkedAccount', { accountId }, async (entry) => {\n      requireManage(this.#caller.grants);\n",
    without: "confirmLinkedAccount', { accountId }, async (entry) => {\n",
    noticedBy: 'flow/grants',
  },
  {
    file: dataSource,
    guard: "deleteLinkedAccount', { accountId }, async (entry) => {\n      requireManage(this.#caller.grants);\n",
    without: "deleteLinkedAccount', { accountId }, async (entry) => {\n",
    noticedBy: 'flow/grants',
  },
  { file: choice, guard: 'if (refused !== undefined)', without: 'if (false)', noticedBy: 'flow/grants' },
  {
    file: choice,
    guard: 'refuseProvider(grants, account.providerKey) ?? ',
    without: '',
    noticedBy: 'flow/grants',
  },
  {
    file: choice,
    guard: 'existing.ok && existing.value === null ?',
    without: 'false ?',
    noticedBy: 'flow/grants',
  },
  {
    file: choice,
    guard: 'provider !== undefined && onExisting === undefined;',
    without: 'provider !== undefined;',
    noticedBy: 'flow/grants',
  },
  // Another owner's deletion must not make an id look like an own one.
  {
    file: dataSource,
    guard: 'const key = `',
    without: 'const key = accountId || `',
    noticedBy: 'flow/delete-linked-account',
  },
  {
    file: rateLimits,
    guard: 'Math.max(20, 60 / perMinute)',
    without: '20',
    noticedBy: 'flow/quota.test.ts',
  },
  {
    file: rateLimits,
    guard: 'background: 1 / 10 }',
    without: 'background: 1 }',
    noticedBy: 'flow/stackone-client',
  },
  {
    file: requestWindow,
    guard: 'math.max(free / 2, ',
    without: 'math.max(free, ',
    noticedBy: 'flow/quota-redis',
  },
  {
    file: requestWindow,
    guard: 'math.min(tonumber(ARGV[5]), part)',
    without: 'part',
    noticedBy: 'flow/quota-redis',
  },
  {
    file: choice,
    guard: "await within(patienceMs, 'the catalog', known)",
    without: 'await known',
    noticedBy: 'flow/request-deadline',
  },
  {
    file: dataSource,
    guard: 'return offers instanceof Promise',
    without: 'return false && offers instanceof Promise',
    noticedBy: 'flow/request-deadline',
  },
  {
    file: rateLimits,
    guard: 'lookups: 3 / 4',
    without: 'lookups: 1',
    noticedBy: 'flow/quota.test.ts',
  },
  {
    file: accountList,
    guard: 'this.#isOwn(record) && missing.delete(record.account.id)',
    without: 'missing.delete(record.account.id)',
    noticedBy: 'flow/subgraph',
  },
  {
    file: accountList,
    guard: '          await this.#dependencies.rateLimits.takeLookup(this.#owner.id);\n          this.#accounts.set',
    without: '          this.#accounts.set',
    noticedBy: 'flow/subgraph',
  },
  {
    file: accountList,
    guard: ' && number <= maxPrefetchedPages',
    without: '',
    noticedBy: 'flow/subgraph',
  },
  {
    file: dataSource,
    guard: '      this.#accounts.forget();\n      await this.#dependencies.rateLimits',
    without: '      await this.#dependencies.rateLimits',
    noticedBy: 'flow/embedding-fetch',
  },
  {
    file: dataSource,
    guard: 'requireManage(this.#caller.grants);\n      this.#accounts.forget();\n',
    without: 'requireManage(this.#caller.grants);\n',
    noticedBy: 'flow/embedding-fetch',
  },
  {
    file: dataSource,
    guard: '`;\n      this.#accounts.forget();\n',
    without: '`;\n',
    noticedBy: 'flow/embedding-fetch',
  },
  { file: accountList, guard: '    this.#pages.clear();\n', without: '', noticedBy: 'flow/embedding-fetch' },
  {
    file: accountList,
    guard: '    this.#byProvider = undefined;\n',
    without: '',
    noticedBy: 'flow/embedding-fetch',
  },
  { file: policy, guard: 'accounts.slice(0, maxListedAccounts)', without: 'accounts', noticedBy: 'flow/grants' },
  {
    file: catalog,
    guard: '        this.#failure = undefined;\n',
    without: '',
    noticedBy: 'flow/provider-catalog',
  },
];

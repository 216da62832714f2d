export type AccountErrorCode =
  | 'bad_login'
  | 'too_many_logins'
  | 'bad_setup_token'
  | 'already_set_up'
  | 'not_set_up'
  | 'bad_password'
  | 'bad_name'
  | 'no_token'
  | 'no_user'
  | 'too_many_scopes'
  | 'account_disabled'
  | 'bad_link'
  | 'last_owner'
  | 'name_taken'
  | 'registration_closed'
  | 'wrong_password';

export class AccountError extends Error {
  readonly code: AccountErrorCode;

  constructor(code: AccountErrorCode, message: string) {
    super(message);
    this.name = 'AccountError';
    this.code = code;
  }
}

export function notSetUp(): AccountError {
  return new AccountError('not_set_up', 'This server has no owner yet: set it up first.');
}

use crate::{Account, Refusal, code::BusinessCode};
use park_core::Lookup;

/// Whether `sealed` is the password of `user_id`. The same answer for a user that does not exist
/// and for a wrong password.
pub(crate) async fn check_password(
    accounts: &dyn Lookup<Found = Account>,
    user_id: &str,
    sealed: &str,
) -> Result<(), Refusal> {
    let account = accounts.find(user_id).await;
    match account.filter(|account| account.admits(sealed)) {
        Some(_) => Ok(()),
        None => Err(Refusal::new(
            BusinessCode::WRONG_PASSWORD,
            "用户名或密码错误",
        )),
    }
}

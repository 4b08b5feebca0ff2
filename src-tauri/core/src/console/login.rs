//! Login and the token: one login at a time, renewed when it ran out, and never tried again once it was refused.

use super::client::Console;
use super::envelope::Answer;
use super::error::{ConsoleError, Refusal};
use super::request::{Auth, Body, Call};
use crate::ctx::{Cancelled, Ctx};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use std::sync::Arc;

/// A token this close to its end is renewed before it is used.
const MARGIN: TimeDelta = TimeDelta::seconds(60);

#[derive(Debug)]
pub(super) struct Token {
    pub text: Secret,
    /// When it ends; absent where it cannot be read or our clock disagrees with the console's.
    expires: Option<DateTime<Utc>>,
}

impl Token {
    /// Lifetimes differ by version (15 days, 10 years; protocol.md §1.4), so the token itself is asked.
    fn new(text: &str, now: DateTime<Utc>) -> Self {
        let expires = expiry(text).filter(|&end| end > now + MARGIN);
        Self { text: Secret::new(text), expires }
    }

    fn is_good(&self, now: DateTime<Utc>) -> bool {
        self.expires.is_none_or(|end| end > now + MARGIN)
    }
}

#[derive(Debug)]
pub(super) enum LoginState {
    Out,
    In(Arc<Token>),
    /// Asking again might lock the user out for ten minutes (protocol.md §1.3).
    Refused {
        said: Option<String>,
    },
}

impl Console {
    /// Logs in now, even after a refusal: for a connection test, which the user asked for.
    pub(crate) async fn log_in_again(&self, ctx: &Ctx) -> Result<(), ConsoleError> {
        let mut state = self.lock_login(ctx).await?;
        *state = LoginState::Out;
        self.fill(ctx, &mut state).await.map(drop)
    }

    /// When the current token ends, if it says so.
    pub(crate) async fn login_expires(&self, ctx: &Ctx) -> Result<Option<DateTime<Utc>>, ConsoleError> {
        Ok(self.token(ctx, None).await?.expires)
    }

    /// The token to use; not `stale`, which the console has just refused. Those who come while one logs in, wait for it.
    pub(super) async fn token(&self, ctx: &Ctx, stale: Option<&Arc<Token>>) -> Result<Arc<Token>, ConsoleError> {
        let mut state = self.lock_login(ctx).await?;
        match &*state {
            LoginState::In(token) => {
                let refused = stale.is_some_and(|stale| Arc::ptr_eq(stale, token));
                if !refused && token.is_good(self.clock.now()) {
                    return Ok(token.clone());
                }
            }
            LoginState::Refused { said } => {
                return Err(ConsoleError::LoginRefused { user: self.user.clone(), said: said.clone() });
            }
            LoginState::Out => {}
        }
        self.fill(ctx, &mut state).await
    }

    async fn lock_login(&self, ctx: &Ctx) -> Result<tokio::sync::MutexGuard<'_, LoginState>, ConsoleError> {
        tokio::select! {
            biased;
            () = ctx.cancel.cancelled() => Err(Cancelled.into()),
            state = self.login.lock() => Ok(state),
        }
    }

    async fn fill(&self, ctx: &Ctx, state: &mut LoginState) -> Result<Arc<Token>, ConsoleError> {
        match self.log_in(ctx).await {
            Ok(token) => {
                let token = Arc::new(token);
                *state = LoginState::In(token.clone());
                Ok(token)
            }
            Err(error) => {
                *state = match &error {
                    ConsoleError::LoginRefused { said, .. } => LoginState::Refused { said: said.clone() },
                    _ => LoginState::Out,
                };
                Err(error)
            }
        }
    }

    /// A form: JSON is not read (recording 106). Without `is_validate`, which would demand a captcha (109).
    async fn log_in(&self, ctx: &Ctx) -> Result<Token, ConsoleError> {
        if self.password.is_empty() {
            return Err(ConsoleError::PasswordMissing { user: self.user.clone() });
        }
        let fields = vec![("nick_name", self.user.clone()), ("password", self.password.reveal().to_owned())];
        let call = Call::asking("log in", &["users", "login"], Body::Form(fields)).auth(Auth::Anonymous);
        let envelope = match self.send(ctx, &call, None).await {
            Ok(Answer::Json(envelope)) => envelope,
            Ok(Answer::Empty | Answer::File(_)) => return Err(self.no_console(200)),
            Err(ConsoleError::NoSuchCall(Refusal { status, .. })) => return Err(self.no_console(status)),
            // Unknown user, wrong password, locked out: all 400, told apart only by words (recordings 102, 103).
            Err(ConsoleError::Refused(Refusal { status: 400 | 401, said, .. })) => {
                return Err(ConsoleError::LoginRefused { user: self.user.clone(), said });
            }
            Err(ConsoleError::LoginExpired(refusal) | ConsoleError::Forbidden(refusal)) => {
                return Err(ConsoleError::LoginRefused { user: self.user.clone(), said: refusal.said });
            }
            Err(error) => return Err(error),
        };
        match envelope.bean.get("token").and_then(Value::as_str).filter(|token| !token.is_empty()) {
            Some(token) => Ok(Token::new(token, self.clock.now())),
            None => Err(envelope.bad("no token")),
        }
    }

    fn no_console(&self, status: u16) -> ConsoleError {
        ConsoleError::NotRainbond { host: self.host(), status }
    }
}

/// The `exp` of a JWT; its signature is the console's business.
fn expiry(token: &str) -> Option<DateTime<Utc>> {
    let claims = token.split('.').nth(1)?;
    let claims: Value = crate::json::from_slice(&URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?).ok()?;
    DateTime::from_timestamp(claims.get("exp")?.as_i64()?, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From recording 101.
    const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIiwiZXhwIjoyMTEwNzI3ODcyfQ.x";

    #[test]
    fn the_end_of_a_token_is_read_from_it() {
        assert_eq!(expiry(TOKEN).unwrap().timestamp(), 2_110_727_872);
        assert_eq!(expiry("no token"), None);
        assert_eq!(expiry("a.b.c"), None);
    }

    #[test]
    fn a_console_whose_clock_is_behind_is_not_asked_for_a_token_on_every_call() {
        let late = DateTime::from_timestamp(2_200_000_000, 0).unwrap();
        let token = Token::new(TOKEN, late);
        assert!(token.is_good(late));
        let early = DateTime::from_timestamp(2_000_000_000, 0).unwrap();
        let token = Token::new(TOKEN, early);
        assert!(token.is_good(early) && !token.is_good(late));
    }
}

//! Login by form, and the tokens it gives: real HS256 JWTs with the claims and lifetimes of each version.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::answer::{Answer, Data, Reply};
use super::ask::{Ask, Sent};
use super::desk::Desk;
use crate::clock::Moment;
use crate::era::Era;
use crate::state::{State, User};

/// Not the platform's hash, but a real one: salted and one-way.
pub(crate) fn hashed(salt: &str, password: &str) -> String {
    hex::encode(Sha256::digest(format!("{salt}:{password}").as_bytes()))
}

/// `POST /console/users/login`
pub(crate) fn login(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    if desk.era.is_v6() && ask.header("user-agent").is_none() {
        // rainbond console v6.9.8 console/login/login_event.py reads HTTP_USER_AGENT unguarded.
        return Err(Answer::json(500, &json!({"code": 500, "msg": "system error", "msg_show": "系统异常"})));
    }
    let form = if matches!(ask.sent, Sent::Form(..)) { Some(ask) } else { None };
    let Some(nick) = form.and_then(|form| form.text("nick_name")) else {
        // v6.9.8 adds to the name before it looks (recorded 104, 106).
        let msg = "unsupported operand type(s) for +: 'NoneType' and 'str'";
        return Err(if desk.era.is_v6() {
            Answer::crashed(desk.era, "TypeError", msg, "builtins")
        } else {
            Answer::refused(400, "username is missing", "请填写用户名")
        });
    };
    if desk.era.is_v6() && ask.text("is_validate") == Some("false") {
        let data = Data::bean(json!({"is_verification_code": true}));
        return Err(Answer::said(400, 400, "captcha code error", "验证码有误", data));
    }
    let password = ask.text("password").ok_or_else(|| Answer::refused(400, "password is missing", "请填写密码"))?;
    let named = |user: &&User| user.nick == nick || user.email == nick || user.phone == nick;
    let user = desk.rows().users.iter().find(named);
    let user = user.ok_or_else(|| Answer::refused(400, "authorization fail ", "用户不存在"))?;
    if hashed(&user.salt, password) != user.password {
        return Err(Answer::refused(400, "authorization fail ", "密码不正确"));
    }
    let token = token(desk.rows(), user, desk.era, desk.now);
    let mut answer = Answer::said(200, 200, "login success", "登录成功", Data::bean(json!({"token": token})));
    let age = desk.era.token_days() * 24 * 3600;
    answer.headers.push(("set-cookie", format!("token={token}; Max-Age={age}; Path=/")));
    Ok(answer)
}

pub(crate) fn token(state: &State, user: &User, era: Era, now: Moment) -> String {
    let now = now / 1_000_000;
    let exp = now + era.token_days() * 24 * 3600;
    let (header, claims) = if era.is_v6() {
        let claims = json!({
            "token_type": "access", "exp": exp, "iat": now, "jti": crate::noise::id(),
            "user_id": user.id, "username": user.nick, "email": user.email,
        });
        (json!({"alg": "HS256", "typ": "JWT"}), claims)
    } else {
        let claims = json!({"user_id": user.id, "username": user.nick, "exp": exp, "email": user.email});
        (json!({"typ": "JWT", "alg": "HS256"}), claims)
    };
    let text = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", text(&header), text(&claims));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature(&state.secret, &signed)))
}

fn signature(secret: &str, text: &str) -> Vec<u8> {
    // A key of any length is accepted by HMAC, so this cannot fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return Vec::new() };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// The user a request speaks for.
pub(crate) fn authenticate(desk: &Desk<'_>, ask: &Ask) -> Result<u64, Answer> {
    let refuse = || Answer::unauthorised(desk.era);
    let token = match ask.header("authorization") {
        Some(header) => {
            let words: Vec<&str> = header.split_whitespace().collect();
            let scheme = words.first().copied().unwrap_or_default();
            let known = if desk.era.is_v6() {
                scheme.eq_ignore_ascii_case("grjwt") || scheme.eq_ignore_ascii_case("jwt")
            } else {
                scheme.eq_ignore_ascii_case("grjwt")
            };
            match words.as_slice() {
                _ if !known => return Err(refuse()),
                [_] if desk.era.is_v6() => {
                    return Err(Answer::framework(403, "AuthenticationFailed", "请求头不合法，未提供认证信息"));
                }
                [_, token] => (*token).to_owned(),
                _ if desk.era.is_v6() => {
                    return Err(Answer::framework(403, "AuthenticationFailed", "请求头不合法"));
                }
                _ => return Err(refuse()),
            }
        }
        None => ask.cookie("token").ok_or_else(refuse)?.to_owned(),
    };
    checked(desk, &token).ok_or_else(refuse)
}

fn checked(desk: &Desk<'_>, token: &str) -> Option<u64> {
    let (signed, given) = token.rsplit_once('.')?;
    let given = URL_SAFE_NO_PAD.decode(given).ok()?;
    if given != signature(&desk.rows().secret, signed) {
        return None;
    }
    let claims = URL_SAFE_NO_PAD.decode(signed.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    let exp = claims["exp"].as_i64()?;
    let made = exp - desk.era.token_days() * 24 * 3600;
    if exp <= desk.now / 1_000_000 || made < desk.switches.tokens_end_before {
        return None;
    }
    let user = desk.rows().user(claims["user_id"].as_u64()?)?;
    (claims["username"].as_str() == Some(user.nick.as_str())).then_some(user.id)
}

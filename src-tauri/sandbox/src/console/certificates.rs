//! Certificates of a team (recorded 1586, 1587). The private key is kept and not shown here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::answer::{Answer, Data, Reply};
use super::ask::Ask;
use super::desk::{Desk, Need};
use super::enterprise::paged;
use crate::clock;
use crate::state::Certificate;

/// What the list shows of a certificate.
struct Facts {
    name: String,
    end: i64,
}

/// The `CERTIFICATE` block of a PEM text.
fn der(pem: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (body, _) = rest.split_once("-----END CERTIFICATE-----")?;
    STANDARD.decode(body.split_whitespace().collect::<String>()).ok()
}

/// Common name of the subject and the end of validity, found by their tags; no other part is read.
fn facts(der: &[u8]) -> Option<Facts> {
    const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
    const UTC_TIME: &[u8] = &[0x17, 0x0d];
    let after = |tag: &[u8]| -> Vec<usize> {
        der.windows(tag.len()).enumerate().filter(|(_, window)| *window == tag).map(|(at, _)| at + tag.len()).collect()
    };
    // Issuer comes before validity, subject after it.
    let end_at = *after(UTC_TIME).get(1)?;
    let end = std::str::from_utf8(der.get(end_at..end_at + 12)?).ok()?;
    let end = chrono::NaiveDateTime::parse_from_str(&format!("20{end}"), "%Y%m%d%H%M%S").ok()?;
    let name_at = after(COMMON_NAME).into_iter().find(|at| *at > end_at)?;
    let len = usize::from(*der.get(name_at + 1)?);
    let name = std::str::from_utf8(der.get(name_at + 2..name_at + 2 + len)?).ok()?;
    Some(Facts { name: name.to_owned(), end: end.and_utc().timestamp_micros() })
}

/// `POST /console/teams/<team>/certificates`
pub(crate) fn create(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::Operate)?;
    let alias = ask.text("alias").ok_or_else(|| Answer::refused(400, "alias is null", "证书别名不能为空"))?.to_owned();
    if desk.rows().certificates.iter().any(|row| row.tenant_id == place.tenant_id && row.alias == alias) {
        return Err(Answer::refused(412, "alias exists", "证书别名已存在"));
    }
    let certificate = ask.text("certificate").unwrap_or_default().to_owned();
    let private_key = ask.text("private_key").unwrap_or_default().to_owned();
    let good = der(&certificate).and_then(|der| facts(&der)).is_some() && private_key.contains("PRIVATE KEY-----");
    if !good {
        return Err(Answer::refused(400, "certificate error", "证书无效"));
    }
    let kind = ask.text("certificate_type").unwrap_or("服务端证书").to_owned();
    let state = desk.rows_mut();
    let id = state.next_id("certificate");
    state.certificates.push(Certificate {
        id,
        tenant_id: place.tenant_id,
        alias: alias.clone(),
        kind,
        certificate,
        private_key,
    });
    Ok(Answer::said(200, 200, "success", "操作成功", Data::bean(json!({"alias": alias, "id": id}))))
}

/// `GET /console/teams/<team>/certificates`
pub(crate) fn list(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    let place = desk.allowed(ask, Need::See)?;
    let here: Vec<&Certificate> =
        desk.rows().certificates.iter().filter(|row| row.tenant_id == place.tenant_id).collect();
    let page = paged(&here, ask.number("page_num", 1), ask.number("page_size", 10));
    let list = page.filter_map(|row| {
        let facts = facts(&der(&row.certificate)?)?;
        Some(json!({
            "alias": row.alias, "certificate_type": row.kind, "id": row.id, "issued_to": [facts.name],
            "has_expired": facts.end < desk.now, "issued_by": "第三方签发", "end_data": clock::plain(facts.end),
        }))
    });
    Ok(Answer::found(Data::list(list.collect::<Value>()).and_bean(json!({"nums": here.len()}))))
}

fn asked(desk: &Desk<'_>, ask: &Ask) -> Option<Certificate> {
    let id: u64 = ask.param("certificate").parse().ok()?;
    desk.rows().certificates.iter().find(|row| row.id == id).cloned()
}

/// `GET /console/teams/<team>/certificates/<id>`: with its key.
pub(crate) fn one(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    desk.allowed(ask, Need::Operate)?;
    let row = asked(desk, ask).ok_or_else(|| Answer::refused(404, "certificate not found", "证书不存在"))?;
    Ok(Answer::found(Data::bean(json!({
        "alias": row.alias, "certificate_type": row.kind, "id": row.id, "tenant_id": row.tenant_id,
        "certificate": row.certificate, "private_key": row.private_key,
    }))))
}

/// `DELETE /console/teams/<team>/certificates/<id>`: refused while a rule uses it; whose it is nobody asks (rainbond-console
/// v6.9.8 console/services/app_config/domain_service.py `delete_certificate_by_pk`).
pub(crate) fn delete(desk: &mut Desk<'_>, ask: &Ask) -> Reply {
    desk.allowed(ask, Need::Operate)?;
    let row =
        asked(desk, ask).ok_or_else(|| Answer::refused(500, "'NoneType' object is not subscriptable", "系统异常"))?;
    let state = desk.rows_mut();
    if state.http_rules.iter().any(|rule| rule.certificate_id == row.id) {
        return Err(Answer::refused(400, "the certificate still has http rules", "仍有网关策略在使用该证书"));
    }
    state.certificates.retain(|known| known.id != row.id);
    Ok(Answer::done("证书删除成功"))
}

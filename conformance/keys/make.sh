#!/bin/sh
# Makes the keys, the archive and the signatures that the cases of `package` and `verify` use. Needs gpg 2.4 and Helm 4.3.1
# as `helm` on PATH. Every run makes other keys: the goldens must be made anew after it.
set -eu
cd "$(dirname "$0")"
GNUPGHOME=$(mktemp -d)
export GNUPGHOME HELM_CACHE_HOME="$GNUPGHOME/helm" HELM_CONFIG_HOME="$GNUPGHOME/helm" HELM_DATA_HOME="$GNUPGHOME/helm"
trap 'gpgconf --kill gpg-agent; rm -rf "$GNUPGHOME"' EXIT
gpg() { command gpg --batch --quiet --no-tty --yes --pinentry-mode loopback --passphrase "${PASSPHRASE-}" "$@"; }
# NAME ALGORITHM USAGE EXPIRES
key() { gpg --quick-gen-key "$1 (for tests) <$1@example.org>" "$2" "$3" "${4-never}"; }
fingerprint() { gpg --with-colons --list-keys "<$1@example.org>" | sed -n 's/^fpr:*\([0-9A-F]*\):$/\1/p' | head -1; }
export_key() {
    gpg --export "<$1@example.org>" >"$1.pub"
    gpg --export-secret-keys "<$1@example.org>" >"$1.secret"
}
rm -f ./*.pub ./*.secret ./*.asc ./*.kbx ./*.prov ./*.tgz

# One key of each kind, in each form.
for kind in rsa:rsa2048 ed25519:ed25519 p256:nistp256 p384:nistp384 p521:nistp521 dsa:dsa2048; do
    key "${kind%%:*}" "${kind##*:}" cert,sign
    export_key "${kind%%:*}"
done
gpg --export --armor '<rsa@example.org>' >rsa.asc
gpg --export-secret-keys --armor '<rsa@example.org>' >rsa-secret.asc
cat rsa.secret ed25519.secret >all.secret
cat ed25519.pub rsa.pub >all.pub
PASSPHRASE='correct horse' key locked ed25519 cert,sign
PASSPHRASE='correct horse' gpg --export-secret-keys '<locked@example.org>' >locked.secret
echo 'correct horse' >passphrase

# A subkey that signs for a primary key that must not.
key certify ed25519 cert
gpg --quick-add-key "$(fingerprint certify)" ed25519 sign never
export_key certify
# A key whose secret part is elsewhere.
key stub ed25519 cert,sign
gpg --quick-add-key "$(fingerprint stub)" cv25519 encr never
gpg --export-secret-subkeys '<stub@example.org>' >stub.secret
# Keys that do not count any more.
gpg --faked-system-time 20200101T000000 --quick-gen-key 'expired <expired@example.org>' ed25519 cert,sign 1d
gpg --export '<expired@example.org>' >expired.pub
key revoked ed25519 cert,sign

# The archive, and the signatures of it that Helm makes with each key.
export SOURCE_DATE_EPOCH=1700000000
for kind in ed25519 p256 p384 p521 dsa certify rsa; do
    helm package --sign --key "$kind@" --keyring "$kind.secret" app >/dev/null
    mv app-0.1.0.tgz.prov "$kind.prov"
done
# The text in them, to be signed by gpg.
awk '/^-----BEGIN PGP SIGNATURE/ { exit } inside { print } /^$/ { inside = 1 }' rsa.prov | sed '$d' | sed 's/^- //' \
    >"$GNUPGHOME/text"
clearsign() { to=$1; shift; gpg "$@" --output "$to" --clear-sign "$GNUPGHOME/text"; }
clearsign gpg.prov --local-user '<rsa@example.org>' --digest-algo SHA256
clearsign subkey.prov --local-user '<certify@example.org>'
clearsign sha1.prov --local-user '<rsa@example.org>' --digest-algo SHA1 --allow-weak-digest-algos
clearsign notation.prov --local-user '<rsa@example.org>' --sig-notation '!critical@example.org=x'
clearsign over.prov --local-user '<rsa@example.org>' --faked-system-time 20250101T000000 --default-sig-expire 1d \
    --ignore-time-conflict
clearsign expired.prov --local-user '<expired@example.org>' --faked-system-time 20200101T100000
clearsign revoked.prov --local-user '<revoked@example.org>'
# Revocation: the certificate that gpg made with the key, without the colon that guards it.
sed 's/^:-----/-----/' "$GNUPGHOME/openpgp-revocs.d/$(fingerprint revoked).rev" | gpg --import
gpg --export '<revoked@example.org>' >revoked.pub
# Two signatures: the first by a key that the keyring does not have.
clearsign two.prov --local-user '<ed25519@example.org>' --local-user '<rsa@example.org>'

# What gpg has by itself: keyboxes.
cp "$GNUPGHOME/pubring.kbx" all.kbx
# Two blocks of armour. Helm finds the second only where its first line does not end up in a buffer of 100 bytes.
cat rsa.asc >two.asc
gpg --export --armor '<ed25519@example.org>' >>two.asc
# Texts that were changed on their way: the first two do not matter.
sed 's/$/\r/' rsa.prov >crlf.prov
{ echo 'Dear reader'; sed 's/^name: app$/name: app  /' rsa.prov; } >spaces.prov
sed 's/^name: app$/name: axx/' rsa.prov >changed.prov
sed 's/^Hash: SHA512$/Hash:  sha256 , SHA1/' rsa.prov >hash.prov
# Signed texts that are no provenance.
sign_text() { to=$1; printf "$2" >"$GNUPGHOME/text"; clearsign "$to" --local-user '<rsa@example.org>'; }
sign_text one-part.prov 'name: app\nversion: 0.1.0\n'
sign_text no-files.prov 'name: app\n...\nimages: {}\n'
sign_text files-list.prov 'name: app\n\n...\nfiles: [a]\n'
sign_text hash-number.prov 'name: app\n\n...\nfiles: {app-0.1.0.tgz: 1}\n...\nmore: x\n'
sign_text no-yaml.prov 'name: app\n\n...\na: b: c\n'

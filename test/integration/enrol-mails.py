"""enrol-mails.py MAILDIR SERVER-LOAD ROLL SLUG: each voter's mail, read as a mail program reads it, says that voter's
user name, and the password there derives (PROTOCOL 4, computed here afresh) what the server was given."""
import csv, email, email.policy, hashlib, hmac, os, re, sys

folder, load, roll, slug = sys.argv[1:5]


def lp(data):
    return len(data).to_bytes(4, 'big') + data


def hkdf(ikm, salt, info, length):
    prk, out, t = hmac.new(salt, ikm, hashlib.sha256).digest(), b'', b''
    for i in range(1, 1 + (length + 31) // 32):
        t = hmac.new(prk, t + info + bytes([i]), hashlib.sha256).digest()
        out += t
    return out[:length]


server = {row['username']: row for row in csv.DictReader(open(load))}
people = {row['email']: row for row in csv.DictReader(open(roll))}
seen = set()
for name in os.listdir(folder):
    mail = email.message_from_binary_file(open(os.path.join(folder, name), 'rb'), policy=email.policy.default)
    person = people[mail['Envelope-to']]
    assert mail['To'].addresses[0].display_name == person['name'], mail['To']
    assert mail['Subject'] == 'SIMULACRO: su usuario y contraseña para votar por internet', mail['Subject']
    assert mail.get_content_type() == 'multipart/alternative'
    plain, html = mail.get_body(('plain',)).get_content(), mail.get_body(('html',)).get_content()
    user = re.search(r'^Usuario: ([0-9A-Z]{10})$', plain, re.M)[1]
    password = re.search(r'^Contraseña: ((?:[0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5})$', plain, re.M)[1]
    assert user in html and password in html and 'SIMULACRO, sin validez oficial' in plain
    assert all(len(line) <= 76 for line in mail.as_bytes(policy=email.policy.SMTP).splitlines()[20:])
    row = server[user]
    assert row['phone'] == person['phone'] and row['district'] == person['district'] and row['kind'] == 'v'
    salt = hashlib.sha256(lp(b'VEMRE-V1:credential') + lp(slug.encode()) + lp(user.encode())).digest()
    auth = hkdf(password.replace('-', '').encode(), salt, b'VEMRE-V1:auth', 32)
    assert hashlib.sha256(auth).hexdigest() == row['auth_sha256'], user
    bits = int.from_bytes(hashlib.sha256(bytes.fromhex(row['credential'])).digest(), 'big') >> 156
    code = ''.join('0123456789ABCDEFGHJKMNPQRSTVWXYZ'[bits >> 95 - 5 * i & 31] for i in range(20))
    assert '-'.join(code[i:i + 5] for i in range(0, 20, 5)) in plain
    seen.add(person['voter'])
assert len(seen) == len(people), len(seen)

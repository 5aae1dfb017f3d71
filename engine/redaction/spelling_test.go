package redaction

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// spelledForms name a secret in other languages, letters and escapes.
var spelledForms = []string{
	// languages
	"contraseña: CANARY", "CONTRASEÑA=CANARY", "contrasen\u0303a=CANARY", "clave: CANARY", "mot de passe: CANARY", "motdepasse=CANARY", "mot_de_passe: CANARY", "senha: CANARY", "segredo: CANARY", "geheimnis: CANARY", "wachtwoord: CANARY",
	"heslo: CANARY", "hasło: CANARY", "jelszó: CANARY", "şifre: CANARY", "parola: CANARY", "lösenord: CANARY", "salasana: CANARY", "adgangskode: CANARY", "passord: CANARY", "slaptažodis: CANARY", "parool: CANARY", "fjalëkalimi: CANARY",
	"mật khẩu: CANARY", "kata sandi: CANARY", "пароль: CANARY", "Пароль=CANARY", "токен: CANARY", "секрет: CANARY", "гасло: CANARY", "парола: CANARY", "лозинка: CANARY", "κωδικός: CANARY", "Κωδικός=CANARY",
	"密码: CANARY", "密碼：CANARY", "数据库密码：CANARY", "令牌: CANARY", "密钥: CANARY", "パスワード: CANARY", "パスワード：CANARY", "トークン: CANARY", "비밀번호: CANARY", "암호=CANARY", "토큰: CANARY", "كلمة المرور: CANARY", "סיסמה: CANARY",
	"รหัสผ่าน: CANARY", "पासवर्ड: CANARY", "գաղտնաբառ: CANARY", "პაროლი: CANARY", "{\"пароль\":\"CANARY\"}", "{\"密码\": \"CANARY\"}", "“password”: CANARY", "{“password”: “CANARY”}", "password＝CANARY",
	// letters that look alike, and what nobody sees
	"ｐａｓｓｗｏｒｄ: CANARY", "𝐩𝐚𝐬𝐬𝐰𝐨𝐫𝐝: CANARY", "pаssword: CANARY", "рassword=CANARY", "раsswоrd: CANARY", "pass\u200bword: CANARY", "pass\u00adword=CANARY", "pássword: CANARY",
	// escapes
	`{"p\u0061ssword":"CANARY"}`, `{"\u0070assword": "CANARY"}`, `{"pass\u0077ord":"CANARY"}`, `{"\u0061pi_k\u0065y":"CANARY"}`, `{\"p\\u0061ssword\":\"CANARY\"}`, `{"\u043f\u0430\u0440\u043e\u043b\u044c":"CANARY"}`, `"p\x61ssword": "CANARY"`,
	"p%61ssword=CANARY", "?p%61ss%77ord=CANARY", "p=1&pass%77d=CANARY", "%D0%BF%D0%B0%D1%80%D0%BE%D0%BB%D1%8C=CANARY", "pass&#119;ord=CANARY", "pass&#x77;ord: CANARY", `{&quot;password&quot;:&quot;CANARY&quot;}`, `\u0022password\u0022:\u0022CANARY\u0022`,
	`%7B%22password%22%3A%22CANARY%22%7D`, `password\u003dCANARY`, `{"db\/password":"CANARY"}`, `{"db/password":"CANARY"}`,
}

func TestWhatIsSpeltOtherwiseStandsWhereItStood(t *testing.T) {
	const gone = "[redacted:named-secret]"
	for text, want := range map[string]string{
		`{"p\u0061ssword":"a\u00e9b","caf\u00e9":"Z\u00fcrich"}`: `{"p\u0061ssword":"` + gone + `","caf\u00e9":"Z\u00fcrich"}`,
		"пароль: a1, имя: Анна":                                  "пароль: " + gone,
		"數據庫密碼：a1\n名字：安":                                         "數據庫密碼：" + gone + "\n名字：安",
		"?p%61ss=a%20b&n=Z%C3%BCrich":                            "?p%61ss=" + gone + "&n=Z%C3%BCrich",
		"«contraseña» = 'a1'; «x»":                               "«contraseña» = '" + gone + "'; «x»",
	} {
		assert.Equal(t, want, New().Text(text))
	}
}

func TestWordsOfOtherLanguagesStay(t *testing.T) {
	for _, text := range []string{
		"Das Geheimnis des Passworts; le mot de la fin; la palabra clave y la clave del mapa", "Пароль не задан; токен необязателен", "密码长度: 12", "パスワードは必須です", "비밀번호를 잊으셨나요?", "autoclave: 3", "enclave=eu-west",
		"naïve: café", "Größe: 12 — Höhe: 3", "100%25 of \\u00e9t\\u00e9: x", "C:\\x64\\users: y", "mot_de_la_fin: x", "passé: composé", "keyboard – layout: us", "“token” or “key”", "Zürich: a\u00a0b", "compañía: x",
	} {
		assert.Equal(t, text, New().Text(text))
	}
}

// No text is read slower than it is long, whatever its letters are.
func TestSpellingKeepsEveryByte(t *testing.T) {
	for _, text := range []string{"пароль: x", `\\\\\\\\\\\\\\\\u0061`, "%61%6", "&#", "&#x;", "\\u00", "a\u0301b", "\xff\xfe: \xd0", "密码", "－－－"} {
		plain, at := spelt(text)
		if plain == "" {
			continue
		}
		assert.Len(t, at, len(plain)+1, text)
		assert.IsNonDecreasing(t, at, text)
		assert.Equal(t, len(text), at[len(plain)], text)
	}
}

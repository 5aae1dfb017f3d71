package redaction

import (
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// spelt returns a text as it would stand without escapes, accents, letters of other scripts
// that look alike and what nobody sees; a word that says password, token or secret in another
// language is "password" there. At is where each of its bytes stands in the text. It is ""
// where nothing was spelt otherwise.
func spelt(s string) (plain string, at []int) {
	var out strings.Builder
	changed, before, ended := false, "", -1 // the word before, of whatever letters, and where it ended
	write := func(text string, from, next int) {
		for i := range len(text) {
			out.WriteByte(text[i])
			at = append(at, from)
			from = next
		}
	}
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf && !isLetter(c) && classes[c]&isOdd == 0 {
			write(s[i:i+1], i, i)
			i++
			continue
		}
		end, letters := wordAt(s, i)
		switch {
		case letters != nil:
			changed = true
			if ended < 0 || !strings.ContainsAny(s[ended:i], " -_") || len(strings.Trim(s[ended:i], " -_\u00a0")) > 0 || i-ended > len("\u00a0") {
				before = ""
			}
			word := folded(string(letters))
			write(plainly(word, before), i, end)
			before, ended = word, end
		case end > i:
			before, ended = strings.ToLower(s[i:end]), end
			for ; i < end; i++ {
				write(s[i:i+1], i, i)
			}
		default:
			r, size := unescaped(s[i:])
			end = i + size
			if sign := signOf(r); sign != "" && s[i:end] != sign {
				changed = true
				write(sign, i, end)
				break
			}
			for ; i < end; i++ {
				write(s[i:i+1], i, i)
			}
		}
		i = end
	}
	if !changed {
		return "", nil
	}
	return out.String(), append(at, len(s))
}

// tsheg parts the syllables of a word of Tibetan.
const tsheg = '\u0f0b'

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// wordAt returns where the word ends that begins at a place, and its letters where they are not
// all of ASCII, as they are.
func wordAt(s string, from int) (end int, letters []rune) {
	for end = from; end < len(s); {
		c := s[end]
		if isLetter(c) {
			if letters != nil {
				letters = append(letters, rune(c))
			}
			end++
			continue
		}
		if classes[c]&isOdd == 0 {
			break
		}
		r, size := unescaped(s[end:])
		unseen := unicode.Is(unicode.Cf, r)
		if size == 1 || !unseen && !unicode.IsLetter(r) && !unicode.Is(unicode.M, r) && r != tsheg {
			break
		}
		if letters == nil {
			letters = []rune(s[from:end])
		}
		if !unseen {
			letters = append(letters, r)
		}
		end += size
	}
	return end, letters
}

// escapes reports whether a text begins with a character that is written with others: as JSON,
// programs, addresses and HTML do it.
func escapes(s string) bool {
	_, size := unescaped(s)
	return size > 1
}

// unescaped returns the character that a text begins with, and how many bytes it takes.
func unescaped(s string) (rune, int) {
	c := s[0]
	if c >= utf8.RuneSelf {
		return utf8.DecodeRuneInString(s)
	}
	switch c {
	case '\\':
		at := 1
		for at < len(s) && at < maxBackslashes && s[at] == '\\' {
			at++
		}
		if at == len(s) {
			break
		}
		if digits := escapeDigits(s[at]); digits > 0 {
			if n, is := hexAt(s, at+1, digits); is && shows(n) {
				return n, at + 1 + digits
			}
		}
	case '%':
		var raw [utf8.UTFMax]byte
		for n := range raw {
			code, is := hexAt(s, 3*n+1, 2)
			if !is || s[3*n] != '%' {
				break
			}
			raw[n] = byte(code)
			if r, size := utf8.DecodeRune(raw[:n+1]); r != utf8.RuneError || size > 1 {
				if unicode.IsLetter(r) || unicode.Is(unicode.M, r) || strings.ContainsRune(`"':={}`, r) {
					return r, 3 * (n + 1) // what else is written so may be of a value
				}
				break
			}
		}
	case '&':
		if strings.HasPrefix(s, "&quot;") {
			return '"', len("&quot;")
		}
		if number, _, is := strings.Cut(s[:min(len(s), 10)], ";"); is && strings.HasPrefix(number, "&#") {
			if n, err := strconv.ParseUint(strings.Replace(number[2:], "x", "0x", 1), 0, 31); err == nil && shows(rune(n)) {
				return rune(n), len(number) + 1
			}
		}
	}
	return rune(c), 1
}

// maxBackslashes bounds how often a text was written into another one.
const maxBackslashes = 8

// escapeDigits is how many digits follow a letter behind a backslash.
func escapeDigits(c byte) int {
	switch c {
	case 'u':
		return 4
	case 'x':
		return 2
	case 'U':
		return 8
	}
	return 0
}

// hexAt reads so many hexadecimal digits.
func hexAt(s string, at, digits int) (rune, bool) {
	if at+digits > len(s) {
		return 0, false
	}
	n := rune(0)
	for _, c := range []byte(s[at : at+digits]) {
		switch {
		case isDigit(c):
			c -= '0'
		case isHex(c):
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		if n = n<<4 | rune(c); n > unicode.MaxRune {
			return 0, false
		}
	}
	return n, true
}

// shows reports whether a character is one that people see, or a blank.
func shows(r rune) bool {
	return r == '\n' || r == '\t' || r == '\r' || unicode.IsPrint(r) || unicode.Is(unicode.Zs, r) || unicode.Is(unicode.Cf, r)
}

// signOf returns the sign of ASCII that a character stands for, "" if it is for none.
func signOf(r rune) string {
	switch {
	case r < utf8.RuneSelf:
		return string(r)
	case r > 0xff00 && r < 0xff5f: // of the width of a Chinese letter
		return string(r-0xfee0) + strings.Repeat(" ", strings.Count("：", string(r))) // a blank follows one of ASCII
	case unicode.Is(unicode.Zs, r):
		return " "
	}
	for _, of := range [...]struct{ sign, alike string }{
		{`"`, "“”„‟″«»"}, {"'", "‘’‚‛′"}, {"-", "‐‑‒–−﹣"}, {":", "∶꞉﹕ː"}, {",", "、"}, {"=", "═⹀꞊"}, {"\n", "\u0085\u2028\u2029"},
	} {
		if strings.ContainsRune(of.alike, r) {
			return of.sign
		}
	}
	return ""
}

// plainly returns a word that was folded in letters of ASCII.
func plainly(word, before string) string {
	abroad := secretsAbroad()
	if abroad[word] || abroad[before+" "+word] {
		return "password"
	}
	if isASCII(word) {
		return word
	}
	if alike := lookalikes.Replace(word); isASCII(alike) {
		return alike
	}
	if strings.IndexFunc(word, unspaced) >= 0 {
		for said := range abroad {
			if _, behind, is := strings.Cut(word, said); is && strings.IndexFunc(said, unspaced) >= 0 {
				if strings.ContainsAny(behind, aboutAbroad) {
					return "_password_length"
				}
				return "_password_"
			}
		}
		return "_"
	}
	return strings.Repeat("x", utf8.RuneCountInString(word))
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// folded returns a word in small letters without accents.
func folded(word string) string {
	word = strings.ToLower(norm.NFKD.String(strings.ToLower(word)))
	return foldings.Replace(strings.Map(func(r rune) rune {
		if r >= 0x300 && r < 0x370 {
			return -1
		}
		return r
	}, word))
}

var (
	foldings = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ı", "i", "ß", "ss", "æ", "ae", "œ", "oe", "ſ", "s", "ð", "d", "þ", "th", "ə", "e")
	// lookalikes are letters of other scripts that look like those of ASCII.
	lookalikes = strings.NewReplacer("а", "a", "с", "c", "ԁ", "d", "е", "e", "һ", "h", "і", "i", "ј", "j", "к", "k", "ӏ", "l", "о", "o", "р", "p", "ѕ", "s", "т", "t",
		"ѵ", "v", "ԝ", "w", "х", "x", "у", "y", "α", "a", "ε", "e", "ι", "i", "κ", "k", "ο", "o", "ρ", "p", "τ", "t", "υ", "u", "ν", "v", "ω", "w", "ɑ", "a", "ɡ", "g", "ո", "n", "օ", "o")
)

// unspaced reports whether a letter is of a script that writes words without blanks between.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan)
}

// aboutAbroad are letters of what is about a secret and holds none: its length, its file, its name, its end.
const aboutAbroad = "长長文档ファ路径期限策"

// secretsAbroad are words that name a secret in languages which do not write in ASCII; those that
// do, but for their accents, are among secretWords.
var secretsAbroad = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for _, word := range []string{
		// in Cyrillic: Russian, Ukrainian, Belarusian, Bulgarian, Macedonian, Serbian, Mongolian, Kazakh, Kyrgyz, Tajik, Tatar
		"пароль", "пароли", "токен", "секрет", "секретный ключ", "гасло", "парола", "лозинка", "тајна", "пароль доступа", "токен доступа", "ключ доступа", "api ключ", "апи ключ", "кодовое слово", "пин код",
		"пін код", "секретен ключ", "таен ключ", "тајни кључ", "таємний ключ", "секретний ключ", "закрытый ключ", "нууц үг", "нууцүг", "құпиясөз", "құпия сөз", "купуя сөз", "сырсөз", "парол", "рамз", "калимаи убур",
		"серсүз",
		// Chinese, Japanese, Korean
		"密码", "密碼", "口令", "令牌", "密钥", "密鑰", "秘钥", "私钥", "私鑰", "暗証番号", "パスワード", "パスフレーズ", "トークン", "シークレット", "秘密鍵", "通行碼", "通行码", "密语", "密語", "金鑰", "金钥", "凭据", "凭证", "憑證",
		"暗号鍵", "アクセスキー", "apiキー", "合言葉", "パスコード",
		"비밀번호", "암호", "패스워드", "토큰", "시크릿", "비밀키", "비번", "액세스키", "인증키", "액세스 키", "비밀 키", "api 키", "api키",
		// Arabic, Persian, Urdu, Pashto, Kurdish, Uyghur; Hebrew, Yiddish; Dhivehi
		"كلمة المرور", "كلمة السر", "الرقم السري", "رمز الوصول", "كلمة مرور", "كلمة سر", "كلمه المرور", "كلمه مرور", "كلمه السر", "رقم سري", "رمز المرور", "رمز مرور", "رمز سري", "الرمز السري", "مفتاح سري",
		"المفتاح السري", "رمز الدخول", "گذرواژه", "گذر واژه", "رمز عبور", "رمز ورود", "کلمه عبور", "کلمهٔ عبور", "پسورد", "پاسورد", "پاس ورڈ", "پاسورڈ", "پاسوورڈ", "خفیہ کلید", "تېرنويې", "پټنوم", "تیپەڕەوشە",
		"وشەی نهێنی", "پارول", "סיסמה", "סיסמא", "ססמה", "סיסמת", "אסימון", "מפתח סודי", "קוד סודי", "פּאַראָל", "ޕާސްވޯޑް", "ސިއްރުބަސް",
		// Greek, Armenian, Georgian
		"κωδικός", "συνθηματικό", "κωδικός πρόσβασης", "μυστικό κλειδί", "գաղտնաբառ", "պարոլ", "პაროლი", "საიდუმლო სიტყვა",
		// Hindi, Marathi, Nepali, Bengali, Assamese, Gujarati, Punjabi, Odia, Tamil, Telugu, Kannada, Malayalam, Sinhala
		"पासवर्ड", "कूटशब्द", "टोकन", "संकेतशब्द", "गोप्यशब्द", "गोपनीय शब्द", "পাসওয়ার্ড", "গোপন শব্দ", "গুপ্তশব্দ", "পাছৱৰ্ড", "પાસવર્ડ", "રહસ્યશબ્દ", "ਪਾਸਵਰਡ", "ପାସୱାର୍ଡ", "ପାସୱର୍ଡ", "கடவுச்சொல்", "பாஸ்வேர்ட்",
		"పాస్వర్డ్", "సంకేతపదం", "ಪಾಸ್ವರ್ಡ್", "ಗುಪ್ತಪದ", "പാസ്വേഡ്", "പാസ്വേർഡ്", "രഹസ്യവാക്ക്", "മറുവാക്ക്", "මුරපදය", "රහස්පදය", "රහස් පදය",
		// Thai, Lao, Khmer, Burmese, Tibetan; Amharic, Tigrinya
		"รหัสผ่าน", "โทเค็น", "รหัสลับ", "ລະຫັດຜ່ານ", "ពាក្យសម្ងាត់", "កូដសម្ងាត់", "លេខសម្ងាត់", "စကားဝှက်", "လျှို့ဝှက်နံပါတ်", "གསང་ཚིག", "གསང་གྲངས", "የይለፍ ቃል", "ይለፍ ቃል", "የይለፍቃል", "ይለፍቃል", "ሚስጥር ቁልፍ", "ሚስጥር ቃል", "ቃል ምስጢር",
		// in Latin letters with accents
		"clé secrète", "clé privée", "geheimer schlüssel", "privater schlüssel", "api schlüssel", "zugangsschlüssel", "zugriffsschlüssel", "código secreto", "código de acceso", "lykilorð", "aðgangsorð", "pääsyavain",
		"slepenā atslēga", "tajný klíč", "přístupový klíč", "soukromý klíč", "tajný kľúč", "prístupový kľúč", "tajni ključ", "skrivni ključ", "cheie secretă", "bí mật", "şifrə", "şəxsi açar", "ọrọ aṣina",
	} {
		words[folded(word)] = true
	}
	return words
})

package checks

// Check secrets-encrypted-at-rest.
//
// Judges every API server that runs as a pod. Passes where it is given a
// configuration for encryption (--encryption-provider-config): which providers,
// resources and keys its file names is not seen, and the first provider may be the
// one that encrypts nothing. Fails where it is given none, so that Secrets lie in
// etcd as they are. Unknown where its arguments cannot be told, and where no API
// server runs as a pod that can be seen: its provider runs it, and the evidence is
// there.
func secretsEncryptedAtRest() check {
	return apiServerCheck("secrets-encrypted-at-rest", func(k component) finding {
		given, older := k.flag("encryption-provider-config", ""), k.flag("experimental-encryption-provider-config", "")
		if f, unclear := firstUnclear(given, older); unclear {
			return f
		}
		for _, s := range []setting{given, older} {
			if s.value != "" {
				return s.passes("The API server is given a configuration for encryption, %s; which providers and keys it names is not seen", s)
			}
		}
		return given.fails("The API server is given no configuration for encryption: Secrets lie in etcd as they are (%s)", given)
	})
}

"""The shared kernel, which knows no business: errors, time, states, due work, blobs, encryption, audit."""

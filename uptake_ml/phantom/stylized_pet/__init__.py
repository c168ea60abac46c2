"""FDG-PET of the stylized body: the second body that labels and lesions are learnt from."""

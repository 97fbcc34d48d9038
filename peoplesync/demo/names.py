"""Names for the demo's people: common Indonesian given and family names, combined by lot. Nobody in particular."""

GIVEN = (
    "Adi", "Aditya", "Agung", "Agus", "Ahmad", "Aisyah", "Andi", "Anisa", "Arif", "Asep", "Ayu", "Bagus", "Bayu", "Budi",
    "Cahya", "Citra", "Dedi", "Dewi", "Dian", "Dimas", "Dina", "Eka", "Endang", "Eko", "Fajar", "Farida", "Fitri", "Galih",
    "Gita", "Hadi", "Hana", "Hendra", "Heru", "Ika", "Indah", "Intan", "Irfan", "Joko", "Kartika", "Kurnia", "Laras",
    "Lestari", "Lina", "Lukman", "Made", "Maya", "Mega", "Mira", "Nanda", "Nia", "Ningsih", "Novi", "Nur", "Nyoman",
    "Oktavia", "Putri", "Rahmat", "Rangga", "Ratih", "Rini", "Rizky", "Sari", "Sigit", "Sinta", "Siti", "Slamet", "Surya",
    "Taufik", "Teguh", "Tri", "Utami", "Vina", "Wahyu", "Wati", "Wayan", "Wulan", "Yanti", "Yoga", "Yuni", "Yusuf",
)  # fmt: skip
FAMILY = (
    "Anggraini", "Aritonang", "Budiman", "Darmawan", "Fauzi", "Firmansyah", "Ginting", "Gunawan", "Hakim", "Halim",
    "Handayani", "Harahap", "Hartono", "Hasibuan", "Hidayat", "Irawan", "Iskandar", "Kurniawan", "Kusuma", "Lubis",
    "Mahendra", "Maulana", "Mulyadi", "Nainggolan", "Nasution", "Nugraha", "Nugroho", "Pangestu", "Permana", "Prasetyo",
    "Pratama", "Purnomo", "Puspita", "Rahardjo", "Rahman", "Ramadhan", "Saputra", "Saragih", "Setiawan", "Siahaan",
    "Simanjuntak", "Sinaga", "Siregar", "Sitompul", "Subagyo", "Sulistyo", "Suryadi", "Susanto", "Susilo",
    "Sutanto", "Syahputra", "Tanjung", "Utomo", "Wibisono", "Wibowo", "Wicaksono", "Wijaya", "Yulianto",
)  # fmt: skip
